// PeerJS as its documentation has it, and at its fastest: ids of our own spare it the request for one.
import { Peer } from 'peerjs';
import { expose, show } from './stopwatch.ts';

let seated = false;
const port = Number(new URLSearchParams(location.search).get('port'));

expose({
  isSeated: () => seated,
  join: (room, { isFirst = false }) => {
    const camera = navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    void camera.then(stream => show(stream, true));
    const options = {
      host: location.hostname,
      port,
      path: '/',
      secure: false,
      config: { iceServers: [] },
    };
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the package types its options as a class
    const peer = new Peer(isFirst ? room : `${room}-newcomer`, options);
    peer.on('call', async call => {
      call.on('stream', stream => show(stream));
      call.answer(await camera);
    });
    peer.on('open', async () => {
      const stream = await camera;
      seated = true;
      if (isFirst) return;
      let shown: MediaStream | undefined;
      // It tells of the stream once for each of its tracks.
      peer.call(room, stream).on('stream', remote => {
        if (shown !== remote) show((shown = remote));
      });
    });
  },
});
