// The editor throws its internal errors into the page, for example when the connection breaks before a worker has
// loaded. Everything else goes on without it, so they are warnings.
import { errorHandler } from 'monaco-editor/esm/vs/base/common/errors.js';

errorHandler.unexpectedErrorHandler = (error) => console.warn('editor:', error);
