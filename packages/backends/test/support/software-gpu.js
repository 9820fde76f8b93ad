// SwiftShader computes WebGPU on the CPU. Debian's Chromium brings it, and the loader of Vulkan; `LRFIND_SWIFTSHADER` names another folder.
// With `LRFIND_REQUIRE_WEBGPU=1` their absence is an error.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';

/** Where they are. */
export const folder = process.env.LRFIND_SWIFTSHADER ?? '/usr/lib/chromium';
const driver = join(folder, 'vk_swiftshader_icd.json');
const loader = join(folder, 'libvulkan.so.1');

/** Whether WebGPU can compute here. */
export const hasSoftwareGpu = existsSync(driver) && existsSync(loader);

if (!hasSoftwareGpu && process.env.LRFIND_REQUIRE_WEBGPU === '1')
  throw new Error(`LRFIND_REQUIRE_WEBGPU is 1, but ${driver} and ${loader} were not found: install chromium`);

/** Dawn looks for the loader by its name alone, and finds what the process has loaded. Kept, since koffi unloads what is not. */
export const vulkan = hasSoftwareGpu ? koffi.load(loader, { lazy: true, global: true }) : null;
if (hasSoftwareGpu) process.env.VK_ICD_FILENAMES = driver;
