// SPDX-License-Identifier: Apache-2.0
// The volunteer in a browser: what `egress widget` does, over the same protocols (SIGNALING.md, CHAIN.md).
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);

  // Bytes.
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const utf8 = (text) => encoder.encode(text);

  function join(...parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

  function base64url(bytes) {
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function fromBase64url(text) {
    const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  }

  // Protocol Buffers (protobuf.dev/programming-guides/encoding): numbers below 2^53, fixed64 and bytes.
  const FIXED64 = 1;
  const BYTES = 2;

  function varint(value) {
    const bytes = [];
    for (; value > 127; value = Math.floor(value / 128)) {
      bytes.push((value % 128) | 128);
    }
    bytes.push(value);
    return bytes;
  }

  /** Fields [number, value] to bytes; a value is a number, a BigInt (fixed64), a text or bytes. */
  function pack(...fields) {
    const parts = [];
    for (const [number, value] of fields) {
      if (typeof value === "bigint") {
        const bytes = new Uint8Array(8);
        new DataView(bytes.buffer).setBigUint64(0, value, true);
        parts.push(varint(number * 8 + FIXED64), bytes);
      } else if (typeof value === "number") {
        parts.push(varint(number * 8), varint(value));
      } else {
        const bytes = typeof value === "string" ? utf8(value) : value;
        parts.push(varint(number * 8 + BYTES), varint(bytes.length), bytes);
      }
    }
    return join(...parts);
  }

  /** Bytes to a function (number) → every value of that field, in order. Throws on nonsense. */
  function unpack(bytes) {
    const fields = new Map();
    let at = 0;
    const take = (size) => {
      if (size > bytes.length - at) {
        throw new Error("cut short");
      }
      at += size;
      return bytes.subarray(at - size, at);
    };
    const number = () => {
      let value = 0;
      for (let shift = 1; shift < 2 ** 56; shift *= 128) {
        const byte = take(1)[0];
        value += (byte & 127) * shift;
        if (byte < 128) {
          return value;
        }
      }
      throw new Error("a number is too long");
    };
    while (at < bytes.length) {
      const tag = number();
      const kind = tag % 8;
      let value;
      if (kind === 0) {
        value = number();
      } else if (kind === FIXED64) {
        const eight = take(8);
        value = new DataView(eight.buffer, eight.byteOffset).getBigUint64(0, true);
      } else if (kind === BYTES) {
        value = take(number());
      } else if (kind === 5) {
        value = take(4);
      } else {
        throw new Error("an unknown kind of field");
      }
      const key = Math.floor(tag / 8);
      if (fields.has(key)) {
        fields.get(key).push(value);
      } else {
        fields.set(key, [value]);
      }
    }
    return (key) => fields.get(key) || [];
  }

  const textOf = (bytes) => (bytes ? decoder.decode(bytes) : "");

  // What people say to us by way of freddie, sealed: HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256),
  // HKDF-SHA256, AES-128-GCM. SIGNALING.md says how it is used.
  const SEAL = utf8("tollway-seal-v2");
  const HPKE = utf8("HPKE-v1");
  const KEM = join(utf8("KEM"), [0, 0x20]);
  const SUITE = join(utf8("HPKE"), [0, 0x20, 0, 1, 0, 1]);
  const NOTHING = new Uint8Array(0);
  /** What one end may seal for one match, and how often it may try to be understood at first. */
  const MOST_SEALED = 1024;
  const MOST_TRIES = 4;

  async function hmac(key, ...parts) {
    // HMAC pads keys with zeros: this one is the empty key, which browsers do not import.
    const raw = key.length ? key : new Uint8Array(32);
    const imported = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, join(...parts)));
  }

  /** LabeledExtract and LabeledExpand of RFC 9180 §4, the latter for 32 bytes at most: one block of HKDF. */
  const extract = (suite, salt, label, secret) => hmac(salt, HPKE, suite, utf8(label), secret);

  async function expand(suite, secret, label, info, length) {
    return (await hmac(secret, [0, length], HPKE, suite, utf8(label), info, [1])).subarray(0, length);
  }

  /** The key schedule's exporter secret, for whoever has `keys`: RFC 9180 §4.1, §5.1. */
  async function exporter(keys, encapsulated, info) {
    const other = await crypto.subtle.importKey("raw", encapsulated, { name: "X25519" }, false, []);
    const agreed = await crypto.subtle.deriveBits({ name: "X25519", public: other }, keys.privateKey, 256);
    const prk = await extract(KEM, NOTHING, "eae_prk", new Uint8Array(agreed));
    const shared = await expand(KEM, prk, "shared_secret", join(encapsulated, keys.raw), 32);
    const noPsk = await extract(SUITE, NOTHING, "psk_id_hash", NOTHING);
    const context = join([0], noPsk, await extract(SUITE, NOTHING, "info_hash", info));
    const secret = await extract(SUITE, shared, "secret", NOTHING);
    return expand(SUITE, secret, "exp", context, 32);
  }

  /** One direction of a match: AES-128-GCM, each number once at most. */
  class WordCipher {
    static async of(secret, ...speaker) {
      const exported = await expand(SUITE, secret, "sec", join(...speaker), 28);
      const key = await crypto.subtle.importKey("raw", exported.slice(0, 16), "AES-GCM", false, ["encrypt", "decrypt"]);
      return Object.assign(new WordCipher(), { key, base: exported.slice(16), next: 0 });
    }

    how(number) {
      const iv = this.base.slice();
      const view = new DataView(iv.buffer);
      view.setUint32(8, (view.getUint32(8) ^ number) >>> 0);
      return { name: "AES-GCM", iv };
    }

    /** The length of a line would tell something about the address in it: padded to a multiple of 256 bytes. */
    async seal(number, word) {
      const plain = new Uint8Array(Math.ceil((2 + word.length) / 256) * 256);
      new DataView(plain.buffer).setUint16(0, word.length);
      plain.set(word, 2);
      return new Uint8Array(await crypto.subtle.encrypt(this.how(number), this.key, plain));
    }

    async open(number, text) {
      if (number < this.next || number >= MOST_SEALED) {
        throw new Error("said before");
      }
      const plain = new Uint8Array(await crypto.subtle.decrypt(this.how(number), this.key, text));
      this.next = number + 1;
      return plain.subarray(2, 2 + new DataView(plain.buffer).getUint16(0));
    }
  }

  /** What a person and we say to each other, unreadable to freddie. To be used for one word at a time. */
  class MatchSeal {
    constructor(keys, info) {
      Object.assign(this, { keys, info, tries: 0 });
    }

    async open(number, opening, text) {
      if (this.incoming) {
        return this.incoming.open(number, text);
      }
      if (!opening || opening.length !== 32 || this.tries++ >= MOST_TRIES) {
        throw new Error("nothing to open it with");
      }
      const secret = await exporter(this.keys, opening, this.info);
      const incoming = await WordCipher.of(secret, utf8("consumer"));
      const plain = await incoming.open(number, text);
      // Whoever repeats the match to us must not get a second text under one nonce.
      this.opening = crypto.getRandomValues(new Uint8Array(32));
      this.outgoing = await WordCipher.of(secret, utf8("producer"), this.opening);
      this.incoming = incoming;
      return plain;
    }

    /** The fields of what is sealed; none before the person has spoken, or when all is said. */
    async seal(plain) {
      const cipher = this.outgoing;
      if (!cipher || cipher.next >= MOST_SEALED) {
        return undefined;
      }
      const number = cipher.next++;
      const text = await cipher.seal(number, plain);
      return number === 0 ? [[3, this.opening], [4, text]] : [[2, number], [4, text]];
    }
  }

  // The invite.
  async function readInvite(text) {
    const bare = text.replace(/\s+/g, "");
    if (!bare.startsWith("tollway1:")) {
      throw new Error("An invite begins with tollway1:");
    }
    let checked;
    try {
      checked = fromBase64url(bare.slice(9));
    } catch (_) {
      throw new Error("This invite is mistyped.");
    }
    const payload = checked.subarray(0, Math.max(0, checked.length - 4));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", join(utf8("tollway1:"), payload)));
    if (checked.length < 4 || !same(digest.subarray(0, 4), checked.subarray(checked.length - 4))) {
      throw new Error("This invite is mistyped or cut short.");
    }
    const fields = unpack(payload);
    const urls = (key) => fields(key).map(textOf).map((url) => url.replace(/^http/i, "ws").replace(/\/+$/, ""));
    const invite = {
      egress: fields(1)[0],
      egressUrls: urls(2),
      freddies: urls(3).filter((url) => !url.includes("#")), // A browser cannot go by a front.
      stun: fields(4).map(textOf),
      token: textOf(fields(5)[0]),
    };
    if (!invite.egress || invite.egress.length !== 32 || !invite.egressUrls.length || !invite.freddies.length) {
      throw new Error("This invite names no exit or no freddie: ask for a newer one.");
    }
    if (location.protocol === "https:") {
      for (const key of ["egressUrls", "freddies"]) {
        invite[key] = invite[key].filter((url) => url.startsWith("wss:"));
        if (!invite[key].length) {
          throw new Error("This page came over https, the invite's addresses are http: the browser forbids that.");
        }
      }
    }
    return invite;
  }

  const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

  /** What a WebSocket is to freddie, in requests that every proxy lets pass: SIGNALING.md. */
  class PollSocket {
    constructor(url) {
      Object.assign(this, { url, unsaid: [], first: 1, heard: 0, patience: 20, ended: false, talking: false });
      this.asking = new Set();
      this.listen();
    }

    /** As many fields of what was not heard yet as fit into a request. */
    words() {
      let size = 0;
      const some = this.unsaid.slice(0, 64).filter((word) => (size += word.length + 4) < 32_000);
      return some.length ? [[2, this.first], ...some.map((word) => [6, word])] : [];
    }

    async ask(patience) {
      const request = new AbortController();
      const late = setTimeout(() => request.abort(), (patience + 10) * 1000);
      this.asking.add(request);
      const fields = this.session ? [[1, this.session], [3, this.heard], [4, patience], ...this.words()] : [];
      try {
        const how = { method: "POST", cache: "no-store", credentials: "omit", signal: request.signal };
        const answer = await fetch(this.url, { ...how, body: pack(...fields) });
        if (answer.status !== 200) {
          this.ended = answer.status < 500; // Or somebody on the way has lost patience.
          throw new Error("HTTP " + answer.status);
        }
        this.take(unpack(new Uint8Array(await answer.arrayBuffer())));
      } finally {
        clearTimeout(late);
        this.asking.delete(request);
      }
    }

    take(answer) {
      if (!this.session && answer(1)[0]) {
        this.session = answer(1)[0].slice();
        this.onopen();
      }
      for (; this.unsaid.length && this.first <= (answer(3)[0] || 0); this.first++) {
        this.unsaid.shift();
      }
      let number = answer(2)[0] || 0;
      for (const signal of answer(6)) {
        if (number++ === this.heard + 1 && !this.ended) {
          this.heard++;
          this.onmessage({ data: signal.slice().buffer });
        }
      }
      this.ended = this.ended || !this.session;
    }

    /** One request waits for what freddie has to say; what gets lost is asked again. */
    async listen() {
      for (let failures = 0; !this.ended && failures < 3; ) {
        const begun = performance.now();
        const known = this.heard;
        try {
          await this.ask(this.session ? this.patience : 0);
          failures = 0;
          if (this.heard === known && performance.now() - begun < 500) {
            await pause(500); // Nobody held it.
          }
        } catch (_) {
          failures += this.session ? 1 : 3;
          this.patience = Math.max(5, this.patience / 2);
          await pause(this.session ? 250 * 2 ** failures : 0);
        }
      }
      this.end();
    }

    /** Another says what we have to say. */
    async talk() {
      if (this.talking) {
        return;
      }
      this.talking = true;
      for (let failures = 0; this.unsaid.length && !this.ended; ) {
        const before = this.first;
        await this.ask(0).catch(() => {});
        failures = this.first === before ? failures + 1 : 0;
        if (failures === 3) {
          this.end();
        } else if (failures) {
          await pause(250 * 2 ** failures);
        }
      }
      this.talking = false;
    }

    send(bytes) {
      if (this.unsaid.push(bytes) > 256) {
        this.end(); // It does not hear.
      } else {
        this.talk();
      }
    }

    end() {
      this.ended = true;
      this.asking.forEach((request) => request.abort());
      if (this.onclose) {
        setTimeout(this.onclose);
        this.onclose = undefined;
      }
    }

    /** freddie need not wait to see that we have gone. */
    close() {
      if (this.session && !this.ended) {
        const body = pack([1, this.session], [3, this.heard], [5, 1]);
        fetch(this.url, { method: "POST", body, credentials: "omit", keepalive: true }).catch(() => {});
      }
      this.end();
    }
  }

  /**
   * A WebSocket that is opened again whenever it ends, at the URLs in turn. With `polls`, where nothing is heard by a
   * WebSocket requests are tried, and the other way round; the way that worked last at a URL comes first.
   */
  class Uplink {
    constructor(urls, suffix, protocols, owner, polls) {
      Object.assign(this, { urls, suffix, protocols, owner, turn: 0, failures: 0, closed: false, open: false });
      Object.assign(this, { polls, polled: new Set(), second: false });
      this.dial();
    }

    connect(base) {
      if (this.polled.has(base)) {
        return new PollSocket(base.replace(/^ws/, "http") + this.polls);
      }
      const url = base + this.suffix;
      return this.protocols.length ? new WebSocket(url, this.protocols) : new WebSocket(url);
    }

    /** The other way for this URL; whether it has not been tried in this turn. */
    turnOver(base) {
      if (!this.polled.delete(base)) {
        this.polled.add(base);
      }
      this.second = !this.second;
      return this.second;
    }

    dial() {
      const base = this.urls[this.turn % this.urls.length];
      const socket = this.connect(base);
      this.socket = socket;
      socket.binaryType = "arraybuffer";
      let heard = !this.polls;
      const late = setTimeout(() => socket.close(), this.polls ? 5_000 : 10_000);
      socket.onopen = () => {
        if (heard) {
          clearTimeout(late);
        }
        this.open = true;
        this.owner.opened();
      };
      socket.onmessage = (event) => {
        if (!(event.data instanceof ArrayBuffer) || event.data.byteLength > 4 + LONGEST) {
          socket.close();
        } else if (!this.closed) {
          clearTimeout(late);
          heard = true;
          this.second = false;
          this.owner.heard(new Uint8Array(event.data));
        }
      };
      socket.onclose = () => {
        clearTimeout(late);
        const was = this.open;
        this.open = false;
        if (this.closed) {
          return;
        }
        if (!heard && this.turnOver(base)) {
          this.dial();
          return;
        }
        this.turn += was && heard ? 0 : 1;
        const wait = Math.max(this.pause || 0, Math.min(30_000, 250 * 2 ** Math.min(this.failures++, 7)));
        this.pause = 0;
        this.redial = setTimeout(() => this.dial(), wait * (0.5 + Math.random() / 2));
        this.owner.lost();
      };
    }

    /** What it heard makes sense: the next failure is the first one again. */
    works() {
      this.failures = 0;
    }

    /** Not before so many milliseconds. */
    later(millis) {
      this.pause = Math.min(millis * 2, 300_000);
    }

    send(bytes) {
      if (this.open) {
        this.socket.send(bytes);
      }
    }

    close() {
      this.closed = true;
      clearTimeout(this.redial);
      this.socket.close();
    }
  }

  // Frames of a path: CHAIN.md.
  const DATA = 0x01;
  const OPEN = 0x20;
  const CLOSE = 0x21;
  const LONGEST = 32 << 10;
  /** A shorter frame than this that is no data must not wait: it tells that the path lives. */
  const SHORT = 256;
  /** Pieces of data frames are no longer than this, but for a single packet of QUIC. */
  const DATAGRAM = 1150;
  /** What may wait in the browser, in bytes, before data is dropped: QUIC takes that as a sign to slow down. */
  const CHANNEL_QUEUE = 256 << 10;
  const SOCKET_QUEUE = 512 << 10;

  const urgent = (frame) => frame.length <= SHORT && frame[0] !== DATA;

  /** Hands each piece of a data frame to `sink`; what is no data frame, or a broken one, goes whole. */
  function cut(frame, sink) {
    if (frame.length <= DATAGRAM || frame[0] !== DATA) {
      sink(frame);
      return;
    }
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    let number = view.getUint32(1);
    let pathNumber = view.getUint16(5);
    let from = 7;
    while (from < frame.length) {
      let to = from;
      let packets = 0;
      while (frame.length - to >= 2) {
        const next = to + 2 + view.getUint16(to);
        if (next > frame.length || (packets > 0 && 7 + next - from > DATAGRAM)) {
          break;
        }
        to = next;
        packets++;
      }
      if (packets === 0) {
        return; // Ends within a packet: whoever wrote it loses what follows.
      }
      const piece = new Uint8Array(7 + to - from);
      const head = new DataView(piece.buffer);
      head.setUint8(0, DATA);
      head.setUint32(1, number);
      head.setUint16(5, pathNumber);
      piece.set(frame.subarray(from, to), 7);
      number += packets;
      pathNumber += packets;
      from = to;
      sink(piece);
    }
  }

  /**
   * So many bytes a second; 0 is no limit. What may not go yet waits, 50 ms of it at most: a sender that only sees
   * things vanish takes far longer to find out the rate. In a hidden tab timers come once a second, so each frame that
   * comes looks after those that wait.
   */
  class Shaper {
    constructor() {
      Object.assign(this, { rate: 0, left: 0, at: performance.now(), waiting: [], bytes: 0 });
    }

    limit(rate) {
      this.rate = rate;
      this.left = 0;
      this.pump();
    }

    /** Calls `send` now, or when it is its turn, or never. */
    pass(bytes, send) {
      if (!this.rate) {
        send();
        return;
      }
      if (this.bytes + bytes > Math.max(2 * LONGEST, this.rate / 20)) {
        return;
      }
      this.waiting.push([bytes, send]);
      this.bytes += bytes;
      this.pump();
    }

    pump() {
      clearTimeout(this.timer);
      const now = performance.now();
      this.left = Math.min(Math.max(LONGEST, this.rate / 100), this.left + ((now - this.at) / 1000) * this.rate);
      this.at = now;
      while (this.waiting.length > 0 && (!this.rate || this.left > 0)) {
        const [bytes, send] = this.waiting.shift();
        this.bytes -= bytes;
        this.left -= bytes;
        send();
      }
      if (this.waiting.length > 0) {
        this.timer = setTimeout(() => this.pump(), Math.max(4, (-this.left / this.rate) * 1000));
      }
    }

    stop() {
      clearTimeout(this.timer);
      this.waiting = [];
    }
  }

  // Between a person and us, never passed on.
  const WISH = 0x30;
  const HOLDS = 0x31;
  const OFFER = 0x32;
  const ANSWER = 0x33;
  /** SCTP here slows down at every loss, each association by itself: so many more may share the work. */
  const STRIPES = 3;
  const LONGEST_SDP = 8 << 10;
  /** What is said to one person about them; each of their words is answered by one at most. */
  const MOST_WORDS = 100;

  /** One association with a person: a data channel on one side, a path to the egress on the other. */
  class Strand {
    constructor(volunteer) {
      Object.assign(this, { volunteer, joined: false, over: false });
      this.late = setTimeout(() => this.end("no data channel in time", true), 20_000);
    }

    /** Answers an offer; `found` hears of each candidate of ours, and, by an empty one, of their end. */
    async accept(sdp, found) {
      const peer = new RTCPeerConnection({ iceServers: this.volunteer.iceServers() });
      this.peer = peer;
      peer.ondatachannel = (event) => this.channelCame(event.channel);
      peer.onicecandidate = (event) => found((event.candidate && event.candidate.candidate) || "");
      peer.onconnectionstatechange = () => {
        if (peer.connectionState === "failed" || peer.connectionState === "closed") {
          this.end("the connection was lost", !this.joined);
        }
      };
      await peer.setRemoteDescription({ type: "offer", sdp });
      await peer.setLocalDescription(await peer.createAnswer());
    }

    channelCame(channel) {
      if (this.channel || this.over || !/^tollway-path(\/[012])?$/.test(channel.label)) {
        channel.close();
        return;
      }
      this.channel = channel;
      channel.binaryType = "arraybuffer";
      channel.onmessage = (event) => this.fromPerson(event.data);
      channel.onclose = () => this.end("the person has left", false);
      const join = () => {
        clearTimeout(this.late);
        this.joined = true;
        this.path = this.volunteer.openPath(this);
      };
      if (channel.readyState === "open") {
        join();
      } else {
        channel.onopen = join;
      }
    }

    fromPerson(data) {
      if (!(data instanceof ArrayBuffer) || this.over || this.path === undefined) {
        return;
      }
      const frame = new Uint8Array(data);
      if (frame.length === 0 || frame.length > LONGEST) {
        return;
      }
      if (frame[0] < OPEN) {
        this.volunteer.toEgress(this.path, frame);
      } else {
        this.aside(frame);
      }
    }

    fromEgress(frame) {
      if (urgent(frame) || (this.channel && this.channel.bufferedAmount <= CHANNEL_QUEUE)) {
        this.send(frame);
      }
    }

    send(frame) {
      const channel = this.channel;
      if (!channel || channel.readyState !== "open") {
        return;
      }
      try {
        cut(frame, (piece) => channel.send(piece));
      } catch (_) {
        return; // The browser's own queue is full, or the channel just closed: the frame is lost.
      }
      this.volunteer.count(frame.length);
    }

    /** True the first time. */
    end() {
      if (this.over) {
        return false;
      }
      this.over = true;
      clearTimeout(this.late);
      if (this.peer) {
        this.peer.close();
      }
      this.volunteer.closePath(this);
      return true;
    }
  }

  /** A further association with a person, agreed upon over the first. */
  class Stripe extends Strand {
    /** The word for the person, with all our candidates; none when the offer makes no sense. */
    async answer(number, sdp) {
      try {
        let done;
        const gathered = new Promise((resolve) => (done = resolve));
        setTimeout(done, 2000);
        await this.accept(sdp, (line) => line || done());
        await gathered;
        return this.over ? undefined : join([ANSWER, number], utf8(this.peer.localDescription.sdp));
      } catch (_) {
        this.end();
        return undefined;
      }
    }

    aside() {}
  }

  /** One person who is helped. */
  class Person extends Strand {
    constructor(volunteer, match, seal) {
      super(volunteer);
      Object.assign(this, { match, seal, generation: volunteer.generation, waiting: [], heard: [] });
      Object.assign(this, { opening: Promise.resolve(), sealing: Promise.resolve(), unopened: 0 });
      Object.assign(this, { stripes: [], answers: [], words: MOST_WORDS });
    }

    /** What the person says by way of freddie, one word after the other; what does not open is nothing. */
    sealed(number, opening, text) {
      if (this.unopened < 64) {
        this.unopened++;
        const open = async () => this.word(unpack(await this.seal.open(number, opening, text)));
        const done = () => this.unopened--;
        this.opening = this.opening.then(open).then(done, done);
      }
    }

    word(signal) {
      const body = (number) => signal(number).slice(0, 1).map(unpack)[0];
      const description = body(8);
      const candidate = body(9);
      if (description && description(1)[0] === this.match && description(2)[0] === 1) {
        this.offer(textOf(description(3)[0]));
      } else if (candidate && candidate(1)[0] === this.match) {
        this.candidate(textOf(candidate(2)[0]));
      }
    }

    /** Seals a word and passes it to freddie, after those before it. */
    whisper(body, ...fields) {
      const word = pack([body, pack([1, this.match], ...fields)]);
      this.sealing = this.sealing.then(async () => {
        const sealed = await this.seal.seal(word);
        if (sealed && !this.over && this.generation === this.volunteer.generation) {
          this.volunteer.signal(12, [1, this.match], ...sealed);
        }
      });
    }

    async offer(sdp) {
      if (this.peer || this.over) {
        return;
      }
      try {
        await this.accept(sdp, (line) => this.say(line));
        this.whisper(8, [2, 2], [3, this.peer.localDescription.sdp]);
        this.described = true;
        this.waiting.splice(0).forEach((line) => this.say(line));
        this.heard.splice(0).forEach((line) => this.candidate(line));
      } catch (wrong) {
        this.end("the offer makes no sense", true);
      }
    }

    /** Tells a candidate of ours, but never before the answer. */
    say(line) {
      if (this.described) {
        this.whisper(9, [2, line]);
      } else {
        this.waiting.push(line);
      }
    }

    candidate(line) {
      if (!this.described) {
        this.heard = this.heard.concat(line).slice(0, 64);
      } else if (line && this.peer && !this.over) {
        this.peer.addIceCandidate({ candidate: line, sdpMid: "0", sdpMLineIndex: 0 }).catch(() => {});
      }
    }

    /** What the person says to us alone. Words get lost: each may come again, and is answered again. */
    async aside(frame) {
      const number = frame[1];
      if (frame[0] === WISH && frame.length === 2) {
        this.reply([HOLDS, Math.min(number, STRIPES)]);
      } else if (frame[0] === OFFER && number > 0 && number <= STRIPES && frame.length <= 2 + LONGEST_SDP) {
        if (!this.stripes[number]) {
          this.stripes[number] = new Stripe(this.volunteer);
          this.answers[number] = await this.stripes[number].answer(number, textOf(frame.subarray(2)));
        }
        if (this.answers[number]) {
          this.reply(this.answers[number]);
        }
      }
    }

    /** However full the channel is: that is when further associations are wished for. */
    reply(word) {
      if (this.words-- > 0 && !this.over) {
        this.send(new Uint8Array(word));
      }
    }

    end(why, failed) {
      if (super.end()) {
        this.stripes.forEach((stripe) => stripe.end());
        this.volunteer.ended(this, why, failed);
      }
    }
  }

  /** A pair of keys, and the public one as bytes. */
  async function generate(name, uses) {
    try {
      const { publicKey, privateKey } = await crypto.subtle.generateKey({ name }, false, uses);
      return { privateKey, raw: new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)) };
    } catch (_) {
      throw new Error("This browser is too old: it has no " + name + ".");
    }
  }

  const sign = async (keys, ...parts) =>
    new Uint8Array(await crypto.subtle.sign("Ed25519", keys.privateKey, join(...parts)));

  /** Everything from "Help" to "Stop". */
  class Volunteer {
    static async start(invite, slots, rate, changed) {
      const keys = await generate("Ed25519", ["sign", "verify"]);
      const sealKeys = await generate("X25519", ["deriveBits"]);
      const signature = await sign(keys, SEAL, sealKeys.raw);
      return new Volunteer(invite, slots, rate, changed, keys, { ...sealKeys, signature });
    }

    constructor(invite, slots, rate, changed, keys, sealKeys) {
      Object.assign(this, { invite, slots, changed, keys, sealKeys, generation: 0, nextPath: 1, bytes: 0, helped: 0 });
      this.session = crypto.getRandomValues(new Uint8Array(16)); // Of whatever connections we have with freddie.
      this.up = new Shaper();
      this.down = new Shaper();
      this.limit(rate);
      this.people = new Map(); // By match.
      this.paths = new Map();
      this.stun = [];
      const token = invite.token ? ["tollway-paths", "token." + base64url(utf8(invite.token))] : ["tollway-paths"];
      this.egress = new Uplink(invite.egressUrls, "/v1/paths", token, {
        opened: () => {
          this.egress.works();
          this.restate();
        },
        heard: (message) => this.fromEgress(message),
        lost: () => {
          [...this.paths.values()].forEach((strand) => strand.end("the egress is out of reach", false));
          this.restate();
        },
      });
      this.freddie = new Uplink(invite.freddies, "/v2/signal", [], {
        opened: () => {},
        heard: (message) => this.onSignal(message),
        lost: () => {
          this.nonce = undefined;
          this.generation++;
          this.changed();
        },
      }, "/v2/poll");
      // Browsers do not ping: an advert said again tells freddie that we are here.
      this.again = setInterval(() => this.restate(), 25_000);
    }

    limit(rate) {
      this.up.limit(rate);
      this.down.limit(rate);
    }

    offer(slots) {
      this.slots = slots;
      this.restate();
    }

    isReady() {
      return this.egress.open && this.welcomed === this.generation;
    }

    trouble() {
      return !this.egress.open ? "The exit cannot be reached." : this.refusal || "freddie cannot be reached.";
    }

    iceServers() {
      return [...this.stun, ...this.invite.stun].slice(0, 8).map((server) => ({ urls: "stun:" + server }));
    }

    signal(body, ...fields) {
      this.freddie.send(pack([body, pack(...fields)]));
    }

    onSignal(message) {
      try {
        const fields = unpack(message);
        const body = (number) => fields(number).slice(0, 1).map(unpack)[0];
        if (body(1)) {
          this.prove(body(1));
        } else if (body(2)) {
          this.welcome(body(2));
        } else if (body(6)) {
          this.matched(body(6));
        } else if (body(7)) {
          this.refused(body(7));
        } else if (body(12)) {
          const person = this.people.get(body(12)(1)[0]);
          if (person) {
            person.sealed(body(12)(2)[0] || 0, body(12)(3)[0], body(12)(4)[0]);
          }
        } else if (body(10)) {
          const person = this.people.get(body(10)(1)[0]);
          if (person && !person.joined) {
            person.end("the person has left", false);
          }
        }
      } catch (_) {
        this.freddie.socket.close(); // Not a freddie.
      }
    }

    async prove(challenge) {
      const nonce = challenge(2)[0].slice();
      this.nonce = nonce;
      const proof = await sign(this.keys, utf8("tollway-signal-v2"), nonce);
      if (this.nonce === nonce) {
        this.signal(3, [1, 2], [2, this.keys.raw], [3, proof], [9, this.session]);
      }
    }

    welcome(welcome) {
      this.freddie.works();
      this.refusal = "";
      this.welcomed = this.generation;
      this.stun = welcome(1).map(textOf);
      this.restate();
    }

    refused(refusal) {
      this.refusal =
        refusal(1)[0] === 20
          ? "freddie is crowded and asks for a computation that browsers cannot do; trying again."
          : "freddie says: " + textOf(refusal(3)[0]);
      this.freddie.later(1000 * (refusal(2)[0] || 0));
    }

    /** Tells freddie what we offer now: slots are state. */
    async restate() {
      this.changed();
      if (!this.nonce || this.welcomed !== this.generation) {
        return;
      }
      const nonce = this.nonce;
      const earlier = [...this.people.values()].filter((person) => person.generation !== this.generation).length;
      const offered = this.egress.open ? Math.max(0, this.slots - earlier) : 0;
      const advert = pack([1, offered], [2, this.invite.egress], [3, "browser"]);
      const signature = await sign(this.keys, utf8("tollway-advert-v2"), nonce, advert);
      if (this.nonce === nonce) {
        const seal = pack([1, this.sealKeys.raw], [2, this.sealKeys.signature]);
        this.signal(4, [1, advert], [2, signature], [3, seal]);
      }
    }

    matched(match) {
      const id = match(1)[0];
      const fits = match(2)[0] === 2 && same(match(4)[0], this.invite.egress) && !match(5)[0];
      if (this.people.has(id)) {
        return;
      }
      if (!fits || !this.egress.open || this.people.size >= this.slots) {
        this.hangUp(id, "no free slot", true);
        return;
      }
      // What freddie has told both of us: who takes part, where to, and over how many others.
      const number = new DataView(new ArrayBuffer(8));
      number.setBigUint64(0, id);
      const terms = [new Uint8Array(number.buffer), match(3)[0], this.keys.raw, match(4)[0], [0]];
      const seal = new MatchSeal(this.sealKeys, join(SEAL, ...terms));
      this.people.set(id, new Person(this, id, seal));
      this.changed();
    }

    hangUp(match, why, failed) {
      this.signal(10, [1, match], [2, why], [3, failed ? 1 : 0]);
    }

    openPath(strand) {
      const path = this.nextPath++;
      this.paths.set(path, strand);
      this.control(path, OPEN);
      this.helped += strand.match === undefined ? 0 : 1;
      this.changed();
      return path;
    }

    closePath(strand) {
      if (this.paths.delete(strand.path)) {
        this.control(strand.path, CLOSE);
      }
    }

    /** How many people are helped now. */
    joined() {
      return [...this.people.values()].filter((person) => person.joined).length;
    }

    control(path, type) {
      const message = new Uint8Array(5);
      new DataView(message.buffer).setUint32(0, path);
      message[4] = type;
      this.egress.send(message);
    }

    toEgress(path, frame) {
      if (urgent(frame)) {
        this.sendToEgress(path, frame);
      } else {
        this.up.pass(frame.length, () => {
          if (this.egress.socket.bufferedAmount <= SOCKET_QUEUE) {
            this.sendToEgress(path, frame);
          }
        });
      }
    }

    sendToEgress(path, frame) {
      const message = new Uint8Array(4 + frame.length);
      new DataView(message.buffer).setUint32(0, path);
      message.set(frame, 4);
      this.egress.send(message);
      this.count(frame.length);
    }

    fromEgress(message) {
      if (message.length < 5) {
        this.egress.socket.close(); // Not an egress.
        return;
      }
      const path = new DataView(message.buffer).getUint32(0);
      const strand = this.paths.get(path);
      const frame = message.subarray(4);
      if (!strand) {
        return; // Just closed: the egress does not know yet.
      }
      if (frame[0] === CLOSE) {
        this.paths.delete(path);
        strand.end("the egress closed the path", false);
      } else if (frame[0] < OPEN && urgent(frame)) {
        strand.fromEgress(frame);
      } else if (frame[0] < OPEN) {
        this.down.pass(frame.length, () => strand.fromEgress(frame));
      }
    }

    count(bytes) {
      this.bytes += bytes;
    }

    ended(person, why, failed) {
      this.people.delete(person.match);
      if (person.generation === this.generation) {
        this.hangUp(person.match, why, failed);
      } else {
        this.restate(); // freddie does not know that somebody has left.
      }
      this.changed();
    }

    stop() {
      clearInterval(this.again);
      this.up.stop();
      this.down.stop();
      this.slots = 0;
      [...this.people.values()].forEach((person) => person.end("the volunteer is leaving", false));
      this.freddie.close();
      this.egress.close();
    }
  }

  // The page.
  let volunteer;
  let before = 0;

  const bytesText = (bytes) => {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let at = 0;
    for (; bytes >= 1000 && at < units.length - 1; at++) {
      bytes /= 1000;
    }
    return (at === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)) + " " + units[at];
  };

  function say(state, text) {
    $("state").dataset.state = state;
    $("state-text").textContent = text;
  }

  function show() {
    if (!volunteer) {
      return;
    }
    const people = volunteer.joined();
    if (!volunteer.isReady()) {
      say("trouble", volunteer.trouble() + " Trying again.");
    } else if (people === 0) {
      say("ready", "Ready. Nobody needs you just now; keep this page open.");
    } else {
      say("helping", people === 1 ? "Helping one person." : "Helping " + people + " people.");
    }
    $("people").textContent = people;
    $("helped").textContent = volunteer.helped;
    $("bytes").textContent = bytesText(volunteer.bytes);
  }

  const slots = () => Math.min(64, Math.max(1, Math.floor(Number($("slots").value)) || 5));
  const rate = () => Math.max(0, Number($("rate").value) || 0) * 125_000;

  async function help() {
    $("help").disabled = true;
    try {
      const invite = await readInvite($("invite").value);
      volunteer = await Volunteer.start(invite, slots(), rate(), show);
      document.body.dataset.helping = "yes";
      before = 0;
      show();
    } catch (wrong) {
      say("trouble", wrong.message);
    }
    $("help").disabled = false;
  }

  function stop() {
    volunteer.stop();
    volunteer = undefined;
    delete document.body.dataset.helping;
    $("people").textContent = "0";
    $("speed").textContent = "0 B/s";
    say("idle", "You are not helping.");
  }

  function begin() {
    if (!window.isSecureContext || !window.crypto.subtle) {
      say("trouble", "Browsers allow this only over https: ask the operator for an https:// address.");
      return;
    }
    if (!window.RTCPeerConnection) {
      say("trouble", "This browser has no WebRTC.");
      return;
    }
    $("help").disabled = false;
    $("help").onclick = help;
    $("stop").onclick = stop;
    $("slots").onchange = () => volunteer && volunteer.offer(slots());
    $("rate").onchange = () => volunteer && volunteer.limit(rate());
    const fragment = decodeURIComponent(location.hash.slice(1));
    if (fragment) {
      $("invite").value = fragment;
      history.replaceState(null, "", location.pathname); // Not for whoever looks at the screen.
    }
    setInterval(() => {
      if (volunteer) {
        $("speed").textContent = bytesText(Math.max(0, volunteer.bytes - before)) + "/s";
        before = volunteer.bytes;
        show();
      }
    }, 1000);
    if (fragment) {
      help();
    }
  }

  begin();
})();
