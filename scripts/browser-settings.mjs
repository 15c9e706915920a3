// How browsers are started for tests: fake devices, no prompts, nothing that phones home. One place for every runner.

export const chromiumArguments = [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const firefoxPreferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  // The browsers of a test meet on this machine, which may have no other address.
  'media.peerconnection.ice.loopback': true,
  // 0 = allow
  'media.autoplay.default': 0,
};
