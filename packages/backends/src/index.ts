export { type BackendChoice, BackendError, type BackendInfo, backendChoices, useBackend } from './use-backend.js';
