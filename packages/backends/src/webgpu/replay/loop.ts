import type { DataType } from '@tensorflow/tfjs-core';
import type { Broadcast } from '../../trace/broadcast.js';
import {
  inPlaceWrites,
  joinLoops,
  type LoopStep,
  planSteps,
  readersOf,
  type Step,
  splitLoop,
  valuesReadBy,
} from '../../trace/plan.js';
import type { Trace } from '../../trace/trace.js';
import type { BufferManager, GpuBuffer, GpuDevice, GpuPipeline } from '../gpu.js';
import type { Dispatch } from './collect.js';
import { declarationsFor, ELEMENTWISE } from './elementwise.js';

/** What a trace comes to on WebGPU. */
export interface Plan {
  readonly steps: readonly Step[];
  /** The values that a loop writes to the buffer of a variable, with the variable's index. */
  readonly inPlace: ReadonlyMap<number, number>;
}

const FUSIBLE = { kernels: ELEMENTWISE, types: ['float32', 'bool'] } as const;

/** Results that one group of the device's threads computes. */
const GROUP = 64;

/**
 * Fuses the elementwise kernels of a trace into loops, one shader each: the update of a variable is one. A loop that reads and writes
 * more buffers than a shader of the device may is cut in parts.
 *
 * @throws NotCompilable when one variable is assigned to another, or the old value of an assigned variable is returned
 */
export function planLoops(trace: Trace, { limits }: GpuDevice): Plan {
  const most = limits.maxStorageBuffersPerShaderStage;
  const readers = readersOf(trace);
  let steps = joined(planSteps(trace, FUSIBLE), trace, readers, most);
  for (;;) {
    const inPlace = inPlaceWrites(trace, steps);
    const fitting = steps.flatMap((step) => {
      if (!('loop' in step) || buffersOf(step, trace, inPlace).length <= most) return [step];
      const parts = (first: number) => splitLoop(step, first, readers, FUSIBLE);
      let first = step.calls.length - 1;
      while (first > 1 && buffersOf(parts(first)[0], trace, inPlace).length > most) first -= 1;
      return parts(first);
    });
    // What is cut may no longer be written in place, and then needs a further buffer.
    if (fitting.length === steps.length) return { steps, inPlace };
    steps = fitting;
  }
}

/**
 * Computes loops together with those that read them, as the two products of a momentum with their sum, and those of single numbers with
 * each other.
 */
function joined(steps: readonly Step[], trace: Trace, readers: ReturnType<typeof readersOf>, most: number): Step[] {
  let all = [...steps];
  for (let at = 0; at < all.length; at++) {
    const first = all[at] as Step;
    if (!('loop' in first)) continue;
    const made = new Set(first.outputs.map(({ value }) => value));
    for (let later = at + 1; later < all.length; later++) {
      const second = all[later] as Step;
      const reads = valuesReadBy(second).some((value) => made.has(value));
      const loop =
        'loop' in second && (reads || first.rows * first.columns === 1)
          ? joinLoops(first, second, readers, FUSIBLE)
          : undefined;
      if (loop) {
        const others = all.flatMap((step) => (step === first ? [] : step === second ? [loop] : [step]));
        if (buffersOf(loop, trace, inPlaceWrites(trace, others)).length <= most) {
          all = others;
          at -= 1;
          break;
        }
      }
      if (reads) break;
    }
  }
  return all;
}

/** The values whose buffers a loop reads or writes. One that is written in place stands for both. */
function buffersOf(step: LoopStep, trace: Trace, inPlace: ReadonlyMap<number, number>): number[] {
  const read = step.inputs.filter((value) => numberOf(value, trace) === undefined);
  const written = step.outputs.map(({ value }) => homeOf(value, trace, inPlace));
  return [...new Set([...read, ...written])];
}

/** Where a value is written: to its own buffer, or to that of the first value of a variable. */
function homeOf(value: number, { values }: Trace, inPlace: ReadonlyMap<number, number>): number {
  const variable = inPlace.get(value);
  if (variable === undefined) return value;
  return values.findIndex((one) => one.from === 'variable' && one.index === variable);
}

/** The number that a value is in every call, if JavaScript has written it as one. */
function numberOf(value: number, { values }: Trace): number | undefined {
  const source = values[value];
  return source?.from === 'constant' ? source.number : undefined;
}

/** Where the numbers of a value lie. */
interface Place {
  readonly buffer: GpuBuffer;
  readonly dtype: DataType;
}

/** The call of the shader that computes a loop. */
export function dispatchLoop(
  step: LoopStep,
  trace: Trace,
  { inPlace }: Plan,
  placeOf: (value: number) => Place,
  device: GpuDevice,
  buffers: BufferManager,
): Dispatch {
  const values = buffersOf(step, trace, inPlace);
  const places = values.map(placeOf);
  const homes = step.outputs.map(({ value }) => homeOf(value, trace, inPlace));
  const numbers = step.inputs.map((value) => numberOf(value, trace));
  const code = shaderOf(step, {
    arrays: places.map(({ dtype }, i) => ({
      type: dtype === 'float32' ? 'f32' : 'i32',
      written: homes.includes(values[i] as number),
    })),
    inputs: step.inputs.map((value, i) =>
      numbers[i] === undefined ? { array: values.indexOf(value) } : { number: i },
    ),
    outputs: homes.map((home) => values.indexOf(home)),
  });
  const pipeline = pipelineOf(code, device);
  const size = step.rows * step.columns;
  const uniforms = uniformBuffer(
    [Number.NaN, Number.POSITIVE_INFINITY, ...numbers.map((number) => number ?? 0)],
    [size, step.columns],
    device,
    buffers,
  );
  return {
    pipeline,
    bindings: {
      layout: pipeline.getBindGroupLayout(0),
      entries: [...places.map(({ buffer }) => buffer), uniforms].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    },
    groups: groupsOf(Math.ceil(size / GROUP), device),
  };
}

/** Groups of threads along axes, none longer than the device allows. Those that are too many do nothing. */
function groupsOf(count: number, { limits }: GpuDevice): [number, number, number] {
  const x = Math.min(count, limits.maxComputeWorkgroupsPerDimension);
  return [x, Math.ceil(count / x), 1];
}

/** How a loop's shader gets at its numbers. */
interface Access {
  /** The buffers in the order of their bindings. */
  readonly arrays: readonly { readonly type: 'f32' | 'i32'; readonly written: boolean }[];
  /** For each input its array, or which of the uniforms it is. */
  readonly inputs: readonly ({ readonly array: number } | { readonly number: number })[];
  /** For each output its array. */
  readonly outputs: readonly number[];
}

const PLACES: Readonly<Record<Broadcast, string>> = {
  none: 'index',
  row: 'index % uniforms.columns',
  column: 'index / uniforms.columns',
  scalar: '0',
};

function shaderOf({ loop }: LoopStep, { arrays, inputs, outputs }: Access): string {
  const node = (i: number) => `v${loop.inputs.length + i}`;
  const lines = [
    ...inputs.map((from, i) => {
      const value =
        'number' in from ? `uniforms.n${from.number}` : `f32(a${from.array}[${PLACES[loop.inputs[i] as Broadcast]}])`;
      return `let v${i} = ${value};`;
    }),
    ...loop.nodes.map(({ kernelName, args, attrs }, i) => {
      const expression = ELEMENTWISE[kernelName]?.emit(
        args.map((arg) => `v${arg}`),
        attrs,
      );
      return `let ${node(i)} = ${expression};`;
    }),
    ...outputs.map((array, i) => `a${array}[index] = ${arrays[array]?.type}(${node(loop.outputs[i] as number)});`),
  ];
  return `
    struct Uniforms { NAN : f32, INFINITY : f32, ${inputs.map((_, i) => `n${i} : f32, `).join('')}size : u32, columns : u32 };
    ${arrays.map(({ type, written }, i) => `@group(0) @binding(${i}) var<storage, ${written ? 'read_write' : 'read'}> a${i} : array<${type}>;`).join('\n    ')}
    @group(0) @binding(${arrays.length}) var<uniform> uniforms : Uniforms;
    ${declarationsFor(lines.join(' '))}
    @compute @workgroup_size(${GROUP})
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) thread : u32,
    ) {
      let index = (group.y * groups.x + group.x) * ${GROUP}u + thread;
      if (index >= uniforms.size) { return; }
      ${lines.join('\n      ')}
    }
  `;
}

const pipelines = new WeakMap<GpuDevice, Map<string, GpuPipeline>>();

/** Equal shaders are compiled once: an optimizer updates each weight with the same one. */
function pipelineOf(code: string, device: GpuDevice): GpuPipeline {
  const known = pipelines.get(device) ?? new Map<string, GpuPipeline>();
  pipelines.set(device, known);
  const present = known.get(code);
  if (present) return present;
  const module = device.createShaderModule({ code, label: 'lrfind loop' });
  const made = device.createComputePipeline({ compute: { module, entryPoint: 'main' }, layout: 'auto' });
  known.set(code, made);
  return made;
}

declare const GPUBufferUsage: { readonly UNIFORM: number; readonly COPY_DST: number };

function uniformBuffer(
  floats: readonly number[],
  integers: readonly number[],
  device: GpuDevice,
  buffers: BufferManager,
): GpuBuffer {
  // The size of a uniform is a multiple of 16 bytes on some devices.
  const bytes = Math.ceil((floats.length + integers.length) / 4) * 16;
  const contents = new ArrayBuffer(bytes);
  new Float32Array(contents).set(floats);
  new Uint32Array(contents, floats.length * 4).set(integers);
  const buffer = buffers.acquireBuffer(bytes, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  device.queue.writeBuffer(buffer, 0, new Uint8Array(contents));
  return buffer;
}
