// Runs on the public host: the pages of this bench, each with its library in one script, and the few lines of Socket.IO
// server that the tutorials come with. `site.ts PORT PEERJS_PORT OUR_URL…`; page `ours-0` embeds from the first of them.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Server } from 'socket.io';

const [port, peerPort, ...ourUrls] = process.argv.slice(2);

const bundle = async (name: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, `pages/${name}.ts`)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]!.text;
};

const names = ['naive', 'simple-peer', 'peerjs', 'ours'];
const scripts = new Map<string, string>(
  await Promise.all(names.map(async name => [`/${name}.js`, await bundle(name)] as const)),
);

const page = (tags: string): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A call</title>
<body>${tags}`;
const pages = new Map<string, string>([
  ...names.map(name => [`/${name}`, page(`<script src="/${name}.js"></script>`)] as const),
  ...ourUrls.map((url, index) => {
    const tags = `<script src="/ours.js"></script><script type="module" src="${url}/video-call.js"></script>`;
    return [`/ours-${index}`, page(tags)] as const;
  }),
]);

const server = createServer((request, response) => {
  const path = (request.url ?? '').replace(/\?.*/, '');
  const script = scripts.get(path);
  const body = script ?? pages.get(path);
  const type = script === undefined ? 'text/html' : 'text/javascript';
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` });
  response.end(body);
});

const io = new Server(server);
io.on('connection', socket => {
  socket.on('join', (room: string) => {
    socket.emit('users', [...(io.sockets.adapter.rooms.get(room) ?? [])]);
    void socket.join(room);
  });
  socket.on('signal', (to: string, signal: unknown) => io.to(to).emit('signal', socket.id, signal));
});

server.listen(Number(port), '0.0.0.0', () => console.log(`listening, PeerJS on ${peerPort}`));
