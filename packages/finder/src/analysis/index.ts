export * from '../result.js';
