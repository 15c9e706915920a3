// The demo page: gives every visitor a room that nobody can guess, and keeps its name in the fragment of the address,
// which browsers send to no server. It uses the element as any site would.
const call = document.querySelector('video-call');
const tag = document.querySelector('#tag');
const copy = document.querySelector('#copy');
const copied = document.querySelector('#copied');

/** 128 random bits in base64url: whoever knows the name may enter, so it must not be guessed. */
function randomRoom() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function enterRoomOfAddress() {
  if (location.hash.length < 2) history.replaceState(null, '', `#${randomRoom()}`);
  call.room = location.hash.slice(1);
  tag.textContent = `<script type="module" src="${new URL('video-call.js', document.baseURI)}"></script>
<video-call room="${call.room}"></video-call>`;
  copied.textContent = '';
}

window.addEventListener('hashchange', enterRoomOfAddress);
enterRoomOfAddress();

// Browsers offer the clipboard to secure pages only; the lines can be selected by hand anywhere.
copy.hidden = !navigator.clipboard;
copy.addEventListener('click', async () => {
  await navigator.clipboard.writeText(tag.textContent);
  copied.textContent = 'Copied';
});
