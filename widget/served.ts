// The script that our server serves as /video-call.js: the elements, with the server that they came from as the default.
import { defineVideoCall } from './define.ts';
import { setScriptUrl } from './server-url.ts';

setScriptUrl(import.meta.url);
defineVideoCall();
