// One subscription over graphql-transport-ws, which comes back after interruptions and goes on behind the last entry.

export type Connection = 'connecting' | 'open' | 'lost';

export interface SocketActions<T> {
  /** Asked at every start, so that nothing is missed and nothing comes twice. */
  variables(): object;
  next(data: T): void;
  failed(code: string | null): void;
  changed(connection: Connection): void;
}

const WAITS = [1000, 2000, 4000, 8000, 15_000];
const SILENCE = 40_000; // ms without a sign of life after which the connection counts as lost

interface Message { type: string; payload?: unknown }

export class Socket<T> {
  private socket: WebSocket | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly documentId: string, private readonly actions: SocketActions<T>) {
    addEventListener('online', () => this.now());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.now(); });
    // A page that is kept for Back must not hold a connection.
    addEventListener('pagehide', () => this.drop());
    addEventListener('pageshow', (event) => { if (event.persisted) this.now(); });
    this.open();
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    this.drop();
  }

  /** Connects at once if there is no connection. */
  now(): void {
    if (this.closed) return;
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) {
      this.ping();
      return;
    }
    clearTimeout(this.timer);
    this.open();
  }

  private open(): void {
    this.actions.changed('connecting');
    const socket = new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}/graphql/ws`, 'graphql-transport-ws');
    this.socket = socket;
    const send = (message: object) => socket.send(JSON.stringify(message));
    socket.onopen = () => send({ type: 'connection_init' });
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.receive(JSON.parse(String(data)) as Message, send);
    };
    socket.onclose = () => { if (socket === this.socket) this.lost(); };
    this.alive(15_000);
  }

  private receive({ type, payload }: Message, send: (message: object) => void): void {
    this.alive(SILENCE);
    if (type === 'connection_ack') {
      send({ id: '1', type: 'subscribe', payload: { documentId: this.documentId, variables: this.actions.variables() } });
      this.failures = 0;
      this.actions.changed('open');
    } else if (type === 'ping') send({ type: 'pong' });
    else if (type === 'next') this.next(payload as { data?: T | null; errors?: unknown[] });
    else if (type === 'error') this.failed(payload as { extensions?: { code?: string } }[]);
    else if (type === 'complete') this.drop();
  }

  private next({ data, errors }: { data?: T | null; errors?: unknown[] }): void {
    if (data && !errors) this.actions.next(data);
    else if (errors) this.failed(errors as { extensions?: { code?: string } }[]);
  }

  private failed(errors: { extensions?: { code?: string } }[]): void {
    const code = errors[0]?.extensions?.code ?? null;
    if (code === 'CURSOR_INVALID') this.close();
    else this.drop();
    this.actions.failed(code);
  }

  private drop(): void {
    const { socket } = this;
    if (!socket) return;
    if (!this.closed) this.lost();
    socket.onclose = null;
    socket.close();
    this.socket = null;
  }

  private lost(): void {
    this.socket = null;
    clearTimeout(this.watch);
    if (this.closed) return;
    this.actions.changed('lost');
    const wait = WAITS[Math.min(this.failures, WAITS.length - 1)] ?? 1000;
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), wait * (0.7 + Math.random() * 0.6));
  }

  private alive(silence: number): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.ping(), silence);
  }

  /** Without an answer within five seconds the connection is given up. */
  private ping(): void {
    const { socket } = this;
    if (!socket || socket.readyState !== WebSocket.OPEN) {
      this.drop();
      return;
    }
    socket.send(JSON.stringify({ type: 'ping' }));
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.drop(), 5000);
  }
}
