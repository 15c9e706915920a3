// Our element, embedded by a page of another origin with one tag.
import type { VideoCall } from '../../../widget/video-call.ts';
import { expose, untilTrue } from './stopwatch.ts';

let call: VideoCall | undefined;

const embed = (room: string, { relayOnly = false }: { relayOnly?: boolean }): VideoCall => {
  const element = Object.assign(document.createElement('video-call'), { room, relayOnly, displayName: 'Ada' });
  element.style.cssText = 'display: block; inline-size: 640px; block-size: 480px';
  return (call = element);
};

expose({
  isSeated: () => call?.status === 'joined',
  prepare: async (room, options) => {
    await customElements.whenDefined('video-call');
    if (!options.warm) return;
    document.body.append(embed(room, options));
    await call?.preview();
    await untilTrue(() => call?.status === 'previewing');
  },
  join: (room, options) => {
    if (options.warm) void call?.join();
    else document.body.append(Object.assign(embed(room, options), { autojoin: true }));
  },
});
