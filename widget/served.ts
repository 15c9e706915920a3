// The script that our server serves as /video-call.js: the elements, with the server that they came from as the default.
import { setScriptUrl } from './server-url.ts';
import { define } from './ui/define.ts';
import { VideoCall } from './video-call.ts';

setScriptUrl(import.meta.url);
define('video-call', VideoCall);
