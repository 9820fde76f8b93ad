// An import that no bundler resolves.
// @ts-expect-error There is no such package.
export { nothing } from 'a-package-that-does-not-exist';
