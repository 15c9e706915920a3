import { expect, fixture, html, oneEvent } from '@open-wc/testing';
import type { CallOptions } from './call/call.ts';
import type { CallState, InRoomState } from './call/call-state.ts';
import { browserEnvironment } from './call/environment.ts';
import type { CallEnvironment } from './call/environment.ts';
import { VideoCall } from './video-call.ts';
import { defineVideoCall } from './define.ts';
import { Notices } from './notices.ts';
import { rosterEntry } from './session/testing/roster-entry.ts';
import { beyondAxe, joined, participant } from './ui/testing/test-call.ts';

defineVideoCall();

/** A server that nobody answers at. */
const nowhere = 'http://localhost:9/';

const words = (call: VideoCall) => call.shadowRoot!.textContent;
const button = (call: VideoCall, label: string) =>
  [...call.shadowRoot!.querySelectorAll('button')].find(({ textContent }) => textContent.trim() === label)!;

async function press(call: VideoCall, label: string): Promise<void> {
  button(call, label).click();
  await call.updateComplete;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (holds()) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain until ${what}`);
}

/** Every track that getUserMedia gave since the last call. */
const given: MediaStreamTrack[] = [];
const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async constraints => {
  const stream = await getUserMedia(constraints);
  given.push(...stream.getTracks());
  return stream;
};
const liveTracks = () => given.filter(({ readyState }) => readyState === 'live').length;

/** A server at hand that lets everybody in, where nobody else is. */
const emptyRoom = {
  connected: true,
  on: () => emptyRoom,
  off: () => emptyRoom,
  emit: () => emptyRoom,
  removeAllListeners: () => emptyRoom,
  disconnect: () => emptyRoom,
  emitWithAck: async (name: string) => {
    const roster = { generation: 'one', version: 1, participants: [rosterEntry('me')] };
    const joined = { self: 'me', roster, iceServers: [], limits: { capacity: 8, iceServersTtlSec: 600 } };
    return Promise.resolve({ ok: true, ...(name === 'join' && joined) });
  },
};

class AloneCall extends VideoCall {
  override get callOptions(): CallOptions {
    const connect = () => emptyRoom as unknown as ReturnType<NonNullable<CallEnvironment['connect']>>;
    return { ...super.callOptions, environment: { ...browserEnvironment(), connect } };
  }
}

customElements.define('alone-call', AloneCall);

describe('<video-call>', () => {
  beforeEach(() => given.splice(0));

  it('shows a poster and starts nothing until a press', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    expect(call.status).to.equal('idle');
    expect(call.getAttribute('status')).to.equal('idle');
    expect(words(call)).to.contain('Join the call');
    expect(given).to.deep.equal([]);
  });

  it('goes from the poster to a preview with the own picture', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    await press(call, 'Join');
    await until(
      'the picture is there',
      () => call.shadowRoot!.querySelector('video')?.srcObject instanceof MediaStream,
    );
    expect(call.status).to.equal('previewing');
    expect(call.matches(':state(previewing)')).to.equal(true);
    expect(liveTracks()).to.equal(2);
  });

  it('asks for nothing that it was told to leave off', async () => {
    const call = await fixture<VideoCall>(
      html`<video-call room="support" server-url=${nowhere} start-audio-off start-video-off></video-call>`,
    );
    await call.preview();
    expect(call.status).to.equal('previewing');
    expect(given).to.deep.equal([]);
  });

  it('tells of camera and microphone, and turns them over', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    const heard: string[] = [];
    for (const name of ['camera-toggle', 'microphone-toggle'] as const) {
      call.addEventListener(name, ({ detail }) => heard.push(`${name} ${detail.enabled}`));
    }
    await call.preview();
    await call.toggleCamera();
    expect(liveTracks()).to.equal(1);
    await call.toggleMicrophone(false);
    expect(heard).to.have.members([
      'microphone-toggle true',
      'camera-toggle true',
      'camera-toggle false',
      'microphone-toggle false',
    ]);
  });

  it('says that the server does not answer, and lets go of the devices', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    const error = oneEvent(call, 'call-error');
    const failure = await call.join().catch((reason: unknown) => reason);
    expect(failure).to.have.property('code', 'server-unreachable');
    expect((await error).detail).to.deep.equal({
      code: 'server-unreachable',
      fatal: true,
      message: 'The call server does not answer',
    });
    await call.updateComplete;
    expect(call.status).to.equal('failed');
    expect(call.error?.code).to.equal('server-unreachable');
    expect(words(call)).to.contain('The call server does not answer');
    await until('the devices are off', () => liveTracks() === 0);
  }).timeout(20_000);

  it('starts no device after the call: a toggle is a wish for the next one', async () => {
    const call = await fixture<VideoCall>(
      html`<video-call room="support" server-url=${nowhere} start-video-off></video-call>`,
    );
    await call.preview();
    await call.leave();
    given.splice(0);
    await call.toggleCamera();
    await call.toggleMicrophone(false);
    expect(given).to.deep.equal([]);
    await call.preview();
    expect(given.map(({ kind }) => kind)).to.deep.equal(['video']);
  });

  it('keeps what was turned off before the first call, and when the room is another', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    await call.toggleCamera(false);
    await call.toggleMicrophone(true);
    await call.preview();
    expect(given.map(({ kind }) => kind)).to.deep.equal(['audio']);
    call.room = 'sales';
    await call.updateComplete;
    await until('the preview of the other room', () => call.status === 'previewing' && given.length === 2);
    expect(given.map(({ kind }) => kind)).to.deep.equal(['audio', 'audio']);
  });

  it('runs one call when the page begins the next one on hearing of the end', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    await call.preview();
    let again: Promise<void> | undefined;
    const onChange = ({ detail }: HTMLElementEventMap['call-status-change']) => {
      if (detail.status === 'idle') again ??= call.preview();
    };
    call.addEventListener('call-status-change', onChange);
    call.serverUrl = 'http://localhost:9/elsewhere';
    await call.updateComplete;
    await until('the next preview', () => again !== undefined && liveTracks() === 2);
    await again;
    expect(call.status).to.equal('previewing');
    await call.leave();
    expect(liveTracks()).to.equal(0);
  });

  it('starts no call outside a document', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    call.remove();
    await call.preview();
    await call.join();
    expect(call.status).to.equal('idle');
    expect(given).to.deep.equal([]);
  });

  it('begins the next call after the attributes of then', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    await call.preview();
    await call.leave();
    call.setAttribute('start-video-off', '');
    await call.updateComplete;
    given.splice(0);
    await call.preview();
    expect(given.map(({ kind }) => kind)).to.deep.equal(['audio']);
  });

  it('says that a server is missing when the script does not tell and the page does not either', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support"></video-call>`);
    const failure = await call.join().catch((reason: unknown) => reason);
    expect(failure).to.have.property('code', 'server-url-missing');
  });

  for (const room of ['', 'büro', 'a'.repeat(129)]) {
    it(`refuses the room «${room.slice(0, 9)}» before it asks for a device`, async () => {
      const call = await fixture<VideoCall>(html`<video-call room=${room} server-url=${nowhere}></video-call>`);
      const failure = await call.preview().catch((reason: unknown) => reason);
      expect(failure).to.have.property('code', 'room-invalid');
      expect(given).to.deep.equal([]);
    });
  }

  for (const url of ['javascript:alert(1)', 'http://[', 'ftp://example.com/']) {
    it(`takes ${url} for no server at all`, async () => {
      const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${url}></video-call>`);
      const failure = await call.join().catch((reason: unknown) => reason);
      expect(failure).to.have.property('code', 'server-url-missing');
    });
  }

  it('takes an unknown attribute value for the default', async () => {
    const call = await fixture<VideoCall>(
      html`<video-call
        room="support"
        server-url=${nowhere}
        theme="mauve"
        lang="xx-nowhere"
        controls="nonsense"
      ></video-call>`,
    );
    expect(words(call)).to.contain('Join the call');
  });

  it('keeps its devices while it is moved in the document', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    await call.preview();
    const parent = document.createElement('div');
    document.body.append(parent);
    parent.append(call);
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(call.status).to.equal('previewing');
    expect(liveTracks()).to.equal(2);
    parent.remove();
  });

  it('lets go of its devices when it is removed, and starts anew when it returns', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    const parent = call.parentElement!;
    await call.preview();
    call.remove();
    await until('the devices are off', () => liveTracks() === 0);
    expect(call.status).to.equal('idle');
    parent.append(call);
    await call.preview();
    expect(liveTracks()).to.equal(2);
  });

  it('lets go of devices that the browser grants after it was removed', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    const previewing = call.preview();
    call.remove();
    await previewing;
    await until('the devices are off', () => given.length === 2 && liveTracks() === 0);
  });

  it('leaves when its room is taken away', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    await call.preview();
    call.removeAttribute('room');
    await call.updateComplete;
    await until('the devices are off', () => liveTracks() === 0);
    expect(call.status).to.equal('idle');
  });

  it('stands twice in a page without knowing of the other', async () => {
    const [one, two] = await Promise.all([
      fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`),
      fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`),
    ]);
    await one.preview();
    expect(two.status).to.equal('idle');
    await one.leave();
    expect(one.status).to.equal('idle');
  });

  it('shows the address, selected, when the clipboard is closed to the page', async () => {
    const call = await fixture<AloneCall>(html`<alone-call room="support" server-url=${nowhere}></alone-call>`);
    await call.join();
    await call.updateComplete;
    const { clipboard } = navigator;
    clipboard.writeText = async () => Promise.reject(new DOMException('closed', 'NotAllowedError'));
    try {
      await press(call, 'Copy link');
      await until('the address is selected', () => call.shadowRoot!.activeElement?.matches('input') ?? false);
    } finally {
      Reflect.deleteProperty(clipboard, 'writeText');
    }
    const shown = call.shadowRoot!.querySelector('input')!;
    expect(shown.value).to.equal(location.href);
    expect([shown.selectionStart, shown.selectionEnd]).to.deep.equal([0, location.href.length]);
    await call.leave();
  });

  for (const named of [true, false]) {
    it(`tells that somebody ${named ? 'with' : 'without'} a name joined and left`, () => {
      const notices = new Notices(new VideoCall());
      const displayName = named ? 'Bo' : '';
      const [empty, one] = [joined(), joined([participant('bo', { displayName })])];
      notices.onState(one, empty);
      expect(notices.current).to.deep.equal({ kind: 'joined', name: displayName });
      notices.onState(empty, one);
      expect(notices.current).to.deep.equal({ kind: 'left', name: displayName });
    });
  }

  it('tells that one’s own picture is off for as long as it is, whatever passes meanwhile', () => {
    const notices = new Notices(new VideoCall());
    const before = joined(['bo']) as InRoomState;
    const paused: CallState = { ...before, self: { ...before.self, videoPaused: 'network' } };
    notices.onState(paused, before);
    const shown = notices.current;
    expect(shown).to.deep.equal({ kind: 'videoOff' });
    notices.onState({ ...paused, status: 'reconnecting' }, paused);
    notices.onState(paused, { ...paused, status: 'reconnecting' });
    expect(notices.current).to.deep.equal({ kind: 'back' });
    notices.dismiss();
    expect(notices.current).to.equal(shown);
    notices.onState(before, paused);
    expect(notices.current).to.equal(undefined);
  });

  it('tells that a host turned the microphone off, before who came and until it is on again or dismissed', () => {
    const notices = new Notices(new VideoCall());
    const muted = { ...joined(['bo']), local: { microphone: 'off', camera: 'on' } } as const;
    notices.showMutedByHost();
    notices.onState({ ...muted, participants: [participant('bo'), participant('cy')] } as CallState, muted);
    expect(notices.current?.kind).to.equal('mutedByHost');
    notices.onInterrupted(false);
    expect(notices.current?.kind).to.equal('interrupted');
    notices.onInterrupted(true);
    expect(notices.current?.kind).to.equal('mutedByHost');
    notices.onState(joined(['bo']), muted);
    expect(notices.current).to.equal(undefined);
    notices.showMutedByHost();
    notices.dismiss();
    expect(notices.current).to.equal(undefined);
  });

  it('may be defined twice', () => {
    expect(() => defineVideoCall()).not.to.throw();
  });

  it('fires its changes of status with what was before', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    const heard: string[] = [];
    call.addEventListener('call-status-change', ({ detail }) => heard.push(`${detail.previous} → ${detail.status}`));
    await call.preview();
    await call.leave();
    expect(heard).to.deep.equal(['idle → previewing', 'previewing → idle']);
  });

  it('is accessible before the call', async () => {
    const call = await fixture<VideoCall>(html`<video-call room="support" server-url=${nowhere}></video-call>`);
    await expect(call).to.be.accessible(beyondAxe);
    await call.preview();
    await call.updateComplete;
    await expect(call).to.be.accessible(beyondAxe);
  });
});
