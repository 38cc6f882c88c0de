/*
 * The load bot: N seeded avatars on one thread (epoll) that speak the real protocol, and a referee who knows the truth.
 *
 * Traces are those of the peers' bot: 1.4 m/s random walk, 20 Hz, the same seeds, phases spread. A pose is sent only
 * when the server's prediction is off by more than WELCOME's limits, as docs/protocol.md asks of a client; frames are
 * decoded in full.
 *
 * Staleness of an update that shows avatar j at p: now minus the time of the newest sample in j's true history that is
 * within 10 cm of p. An update within 10 cm of none of the last 3 s counts as 3 s. Delivered: people shown by frames,
 * over people in the true 3 x 3 cells, times 20 a second.
 *
 * build: gcc -O2 -o bot bot.c -lm        usage: see main()
 * HELLO messages come from a file (u16 length, bytes), so that no secret and no MessagePack is needed here.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { HISTORY = 64, BINS = 40000, CELL_CM = 700, HYSTERESIS = 30 };
enum { FRAME = 0x42, KEYFRAME = 0x43, FAR = 0x44, CORRECT = 0x45 };
enum { HONEST, STALLED, ATTACKER };

typedef struct { uint16_t slot, x, z; } Seen;
typedef struct { Seen *people; int count, room; int id; } Cell;

typedef struct {
  int fd, kind, placed, state, slot; /* state: 0 upgrade, 1 WELCOME, 2 in */
  uint64_t rng, next;
  double x, z, yaw;           /* the truth, metres */
  double sx, sz, svx, svz;    /* as last sent, cm and cm/ms */
  double syaw;
  uint64_t sent_us;
  int has_sent;
  float hx[HISTORY], hz[HISTORY];
  uint64_t ht[HISTORY];
  unsigned hn;
  int true_cell;
  uint8_t *in; size_t have, room;
  Cell cells[9];
  int centre, seq, waiting;
} Bot;

static Bot *bots;
static int n = 100, port = 9300, ep, columns, rows, measuring;
static double warm = 3, duration = 8, side = 40, stalled = 0, attackers = 0;
static int *bot_of_slot, *in_cell;
static double error_cm = 5, error_yaw = 4, pose_ms = 1000, rest_ms = 1200;
static uint64_t base_us, clock_base, received, due, rx_bytes, rx_messages, tx_messages, tx_bytes, closed, off, refused_poses, gaps,
    keyframes, malformed, late_max, unsent;
static uint64_t truth[BINS], stamp[BINS], truth_n, stamp_n, attacks, attack_closed;
static double min_offset = 1e18;
static unsigned sample;

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double chance(Bot *b) {
  b->rng = b->rng * 6364136223846793005ULL + 1442695040888963407ULL;
  return (double)(b->rng >> 11) / 9007199254740992.0;
}

static int cell_of(double x, double z) {
  int cx = (int)(x * 100 / CELL_CM), cz = (int)(z * 100 / CELL_CM);
  if (cx >= columns) cx = columns - 1;
  if (cz >= rows) cz = rows - 1;
  return cz * columns + cx;
}

static void walk(Bot *b, double dt) {
  if (chance(b) < 0.03) b->yaw += (chance(b) - 0.5) * 2.5;
  b->x += cos(b->yaw) * 1.4 * dt;
  b->z += sin(b->yaw) * 1.4 * dt;
  if (b->x < 0 || b->x > side || b->z < 0 || b->z > side) {
    b->yaw += M_PI * 0.75;
    b->x = fmin(fmax(b->x, 0), side);
    b->z = fmin(fmax(b->z, 0), side);
  }
}

static void add(uint64_t *bins, uint64_t *count, double ms) {
  int at = ms * 10 < 0 ? 0 : ms * 10 >= BINS ? BINS - 1 : (int)(ms * 10);
  bins[at]++;
  (*count)++;
}

static double percentile(const uint64_t *bins, uint64_t count, double share) {
  uint64_t want = (uint64_t)(share * count), seen = 0;
  for (int i = 0; i < BINS; i++)
    if ((seen += bins[i]) > want) return i / 10.0;
  return -1;
}

/* ---- writing */

static int put(Bot *b, const uint8_t *data, size_t size) { /* one masked WebSocket message */
  uint8_t out[4096];
  static const uint8_t key[4] = {0xe1, 0x96, 0x3c, 0x5a};
  size_t at = 2;
  out[0] = 0x82;
  if (size < 126) out[1] = 0x80 | size;
  else { out[1] = 0x80 | 126; out[2] = size >> 8; out[3] = size & 255; at = 4; }
  memcpy(out + at, key, 4);
  at += 4;
  for (size_t i = 0; i < size; i++) out[at + i] = data[i] ^ key[i & 3];
  ssize_t done = send(b->fd, out, at + size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (measuring) { tx_messages++; tx_bytes += at + size; }
  if (done != (ssize_t)(at + size)) { unsent++; return -1; }
  return 0;
}

static void le(uint8_t *at, int64_t value, int size) { while (size--) { *at++ = value & 255; value >>= 8; } }

static void send_pose(Bot *b, double x_cm, double z_cm, double vx, double vz, uint64_t now, int flags) {
  uint8_t m[20];
  m[0] = 2; m[1] = flags;
  le(m + 2, (now - base_us) / 1000, 4);
  le(m + 6, lround(x_cm), 2);
  le(m + 8, lround(z_cm), 2);
  le(m + 10, 0, 2);
  le(m + 12, lround(vx * 1e4), 2);
  le(m + 14, lround(vz * 1e4), 2);
  le(m + 16, (int64_t)floor((M_PI / 2 - b->yaw) / (2 * M_PI) * 65536) & 65535, 2);
  m[18] = 0; m[19] = 0;
  put(b, m, sizeof m);
}

static void act_honest(Bot *b, uint64_t now) {
  double x = b->x * 100, z = b->z * 100, since = (double)(now - b->sent_us) / 1000;
  double run = since < rest_ms ? since : rest_ms;
  double apart = hypot(b->sx + b->svx * run - x, b->sz + b->svz * run - z);
  double turned = fabs(remainder(b->yaw - b->syaw, 2 * M_PI)) / (2 * M_PI) * 256;
  if (b->has_sent && apart <= error_cm && turned <= error_yaw && since < pose_ms - 1) return;
  b->sx = lround(x); b->sz = lround(z);
  b->svx = cos(b->yaw) * 0.14; b->svz = sin(b->yaw) * 0.14;
  b->syaw = b->yaw;
  b->sent_us = now;
  b->has_sent = 1;
  send_pose(b, b->sx, b->sz, b->svx, b->svz, now, 0);
}

static void act_badly(Bot *b, uint64_t now) {
  uint8_t junk[64];
  attacks++;
  switch ((b - bots) / 7 % 4) {
  case 0: send_pose(b, chance(b) * side * 100, chance(b) * side * 100, 0, 0, now, 0); break;          /* anywhere */
  case 1: send_pose(b, chance(b) * 65535, chance(b) * 65535, 3.2, 3.2, now + 5000000, 1); break;      /* jumps, fast clock */
  case 2: for (int i = 0; i < 6; i++) send_pose(b, b->x * 100, b->z * 100, 0, 0, now + i * 1000, 0); break; /* flood */
  default:
    for (unsigned i = 0; i < sizeof junk; i++) junk[i] = (uint8_t)(chance(b) * 256);
    put(b, junk, sizeof junk);
  }
}

/* ---- reading */

static void show(Bot *b, Seen *s, uint64_t now) { /* an update of somebody, at a place */
  int j = bot_of_slot[s->slot];
  if (j < 0 || j == b - bots || bots[j].kind == ATTACKER) return;
  received++;
  if (!measuring || (++sample & 3)) return;
  Bot *o = &bots[j];
  unsigned newest = o->hn, oldest = newest > HISTORY ? newest - HISTORY : 0;
  for (unsigned i = newest; i > oldest; i--) {
    unsigned at = (i - 1) % HISTORY;
    float dx = o->hx[at] - s->x, dz = o->hz[at] - s->z;
    if (dx * dx + dz * dz <= 100) { add(truth, &truth_n, (double)(now - o->ht[at]) / 1000); return; }
  }
  off++;
  add(truth, &truth_n, 3000);
}

static Cell *cell_at(Bot *b, int id, int make) {
  Cell *spare = NULL;
  for (int i = 0; i < 9; i++) {
    if (b->cells[i].id == id) return &b->cells[i];
    if (b->cells[i].id < 0) spare = &b->cells[i];
  }
  if (make && spare) { spare->id = id; spare->count = 0; }
  return make ? spare : NULL;
}

static unsigned u16(const uint8_t *p) { return p[0] | p[1] << 8; }

#define NEED(k) do { if (at + (k) > end) return NULL; } while (0)
static const uint8_t *number(const uint8_t *at, const uint8_t *end, int wide, unsigned *value) {
  NEED(1 + wide);
  *value = wide ? u16(at) : *at;
  return at + 1 + wide;
}

static const uint8_t *block(Cell *c, const uint8_t *at, const uint8_t *end) {
  NEED(1);
  int flags = *at++, wide = flags >> 7 & 1;
  unsigned count, index;
  if (flags & 1) {
    if (!(at = number(at, end, wide, &count))) return NULL;
    int to = 0, from = 0;
    for (unsigned i = 0; i < count; i++) {
      if (!(at = number(at, end, wide, &index)) || (int)index >= c->count) return NULL;
      while (from < (int)index) c->people[to++] = c->people[from++];
      from++;
    }
    while (from < c->count) c->people[to++] = c->people[from++];
    c->count = to;
  }
  if (flags & 2) {
    if (!(at = number(at, end, wide, &count))) return NULL;
    NEED(count * 8);
    if (c->count + (int)count > c->room) { c->room = c->count + count + 8; c->people = realloc(c->people, c->room * sizeof(Seen)); }
    for (unsigned i = 0; i < count; i++, at += 8) {
      Seen s = {u16(at), u16(at + 3), u16(at + 5)};
      int k = c->count++;
      while (k > 0 && c->people[k - 1].slot > s.slot) { c->people[k] = c->people[k - 1]; k--; }
      c->people[k] = s;
    }
  }
  if (flags & 12) {
    const uint8_t *mask = NULL, *more;
    int moving = c->count;
    if (flags & 8) {
      mask = at;
      NEED((c->count + 7) / 8);
      at += (c->count + 7) / 8;
      moving = 0;
      for (int i = 0; i < c->count; i++) moving += mask[i >> 3] >> (i & 7) & 1;
    }
    NEED(moving);
    more = at + moving;
    for (int i = 0; i < c->count; i++) {
      if (mask && !(mask[i >> 3] >> (i & 7) & 1)) continue;
      int code = *at++;
      Seen *s = &c->people[i];
      if (code < 225) { s->x += code / 15 - 7; s->z += code % 15 - 7; }
      else if (code == 225) { if (more + 2 > end) return NULL; s->x += (int8_t)more[0]; s->z += (int8_t)more[1]; more += 2; }
      else if (code <= 227) { if (more + 4 > end) return NULL; s->x = u16(more); s->z = u16(more + 2); more += 4; }
      else return NULL;
    }
    at = more;
  }
  for (int bit = 4, size = 1; bit <= 6; bit++, size *= 2)
    if (flags >> bit & 1) {
      if (!(at = number(at, end, wide, &count))) return NULL;
      NEED(count * (1 + wide + size));
      at += count * (1 + wide + size);
    }
  return at;
}

static int inside(int centre, int bit, int *id) {
  int x = centre % columns + bit % 3 - 1, z = centre / columns + bit / 3 - 1;
  *id = z * columns + x;
  return x >= 0 && x < columns && z >= 0 && z < rows;
}

static int is_around(int centre, int id) {
  return abs(centre % columns - id % columns) <= 1 && abs(centre / columns - id / columns) <= 1;
}

static void told(Bot *b, uint64_t now) { /* a frame refreshes everybody in view */
  for (int i = 0; i < 9; i++)
    if (b->cells[i].id >= 0)
      for (int k = 0; k < b->cells[i].count; k++) show(b, &b->cells[i].people[k], now);
}

static void message(Bot *b, const uint8_t *p, size_t size, uint64_t now) {
  const uint8_t *end = p + size, *at;
  int id;
  if (!size) return;
  if (measuring) rx_messages++;
  if (b->state == 1) {
    if (p[0] != 0x41) return;
    const uint8_t *k = memmem(p, size, "\xa4slot", 5) + 5;
    b->slot = *k < 128 ? *k : *k == 0xcc ? k[1] : k[1] << 8 | k[2];
    bot_of_slot[b->slot] = b - bots;
    b->state = 2;
    return;
  }
  if (p[0] == FRAME && size >= 6) {
    if (b->centre < 0 || b->waiting) return;
    if (p[1] != ((b->seq + 1) & 255)) { uint8_t ask = 9; gaps++; b->waiting = 1; put(b, &ask, 1); return; }
    b->seq = p[1];
    unsigned mask = u16(p + 4);
    at = p + 6;
    for (int bit = 0; at && bit < 9; bit++)
      if (mask >> bit & 1) {
        Cell *c = inside(b->centre, bit, &id) ? cell_at(b, id, 1) : NULL;
        at = c ? block(c, at, end) : NULL;
      }
    if (at != end) { malformed++; return; }
    unsigned t = (unsigned)(now / 1000) & 0xFFFF; /* the stamp, against the fastest frame so far */
    if (!clock_base) clock_base = 65536 + ((t - u16(p + 2)) & 0xFFFF) - 1000;
    double lag = (double)((t - u16(p + 2) - (unsigned)clock_base) & 0xFFFF);
    if (lag < min_offset) min_offset = lag;
    if (measuring) add(stamp, &stamp_n, lag - min_offset);
    told(b, now);
  } else if (p[0] == KEYFRAME && size >= 10) {
    unsigned centre = u16(p + 6), mask = u16(p + 8);
    if (!(mask >> 15) && (b->waiting || b->centre < 0)) return;
    b->seq = p[1];
    b->centre = centre;
    for (int i = 0; i < 9; i++)
      if (b->cells[i].id >= 0 && (mask >> 15 || !is_around(centre, b->cells[i].id))) b->cells[i].id = -1;
    at = p + 10;
    for (int bit = 0; at && bit < 9; bit++)
      if (mask >> bit & 1) {
        Cell *c = inside(centre, bit, &id) ? cell_at(b, id, 1) : NULL;
        if (c) c->count = 0;
        at = c ? block(c, at, end) : NULL;
      }
    if (at != end) { malformed++; return; }
    if (measuring) keyframes++;
    if (mask >> 15) told(b, now); /* a partial one follows its frame of the same tick */
    b->waiting = 0;
  } else if (p[0] == CORRECT && size == 14) {
    if (p[1] && b->kind != ATTACKER) refused_poses++;
    if (!p[1] || b->kind != ATTACKER) { /* this is where one is */
      b->x = u16(p + 2) / 100.0;
      b->z = u16(p + 4) / 100.0;
      b->has_sent = 0;
      b->placed = 1;
    }
  }
}

static int dial(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 50; i++) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!connect(fd, (void *)&to, sizeof to)) return fd;
    close(fd);
    usleep(100000);
  }
  perror("connect");
  exit(2);
}

static uint8_t *hellos;
static size_t *hello_at;

static void greet(Bot *b) {
  const char *ask = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Protocol: showroom.v1\r\n\r\n";
  const char *path = getenv("BOT_PATH");
  char request[600];
  snprintf(request, sizeof request, "GET %s%s", path ? path : "/ws", strchr(ask + 4, ' '));
  b->fd = dial();
  b->state = 0;
  b->have = 0;
  if (write(b->fd, request, strlen(request)) < 0) perror("write");
  fcntl(b->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event e = {.events = EPOLLIN, .data.u32 = b - bots};
  epoll_ctl(ep, EPOLL_CTL_ADD, b->fd, &e);
}

static void gone(Bot *b) {
  close(b->fd);
  b->fd = -1;
  if (b->kind == ATTACKER) attack_closed++;
  else { closed++; }
}

static void readable(Bot *b) {
  if (b->kind == STALLED && measuring) { /* reads no more */
    struct epoll_event e = {.events = 0, .data.u32 = b - bots};
    epoll_ctl(ep, EPOLL_CTL_MOD, b->fd, &e);
    return;
  }
  if (b->room - b->have < 16384) b->in = realloc(b->in, b->room = b->room * 2 + 32768);
  ssize_t got = recv(b->fd, b->in + b->have, b->room - b->have, MSG_DONTWAIT);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) gone(b);
    return;
  }
  if (measuring) rx_bytes += got;
  b->have += got;
  uint64_t now = now_us();
  size_t at = 0;
  if (b->state == 0) {
    uint8_t *end = memmem(b->in, b->have, "\r\n\r\n", 4);
    if (!end) return;
    if (memcmp(b->in, "HTTP/1.1 101", 12)) { fprintf(stderr, "refused: %.200s\n", b->in); exit(2); }
    at = end + 4 - b->in;
    b->state = 1;
    size_t i = b - bots;
    put(b, hellos + hello_at[i], hello_at[i + 1] - 2 - hello_at[i]);
  }
  while (b->have - at >= 2) {
    uint8_t *p = b->in + at;
    size_t size = p[1] & 127, head = 2;
    if (size == 126) { if (b->have - at < 4) break; size = p[2] << 8 | p[3]; head = 4; }
    else if (size == 127) { if (b->have - at < 10) break; size = 0; for (int i = 2; i < 10; i++) size = size << 8 | p[i]; head = 10; }
    if (b->have - at < head + size) break;
    int op = p[0] & 15;
    if (op == 2) message(b, p + head, size, now);
    else if (op == 8) {
      if (b->kind != ATTACKER) fprintf(stderr, "bot %ld closed with %d\n", (long)(b - bots), size >= 2 ? p[head] << 8 | p[head + 1] : 0);
      epoll_ctl(ep, EPOLL_CTL_DEL, b->fd, NULL);
      gone(b);
      return;
    }
    at += head + size;
  }
  memmove(b->in, b->in + at, b->have - at);
  b->have -= at;
}

static void drain(long wait_us) {
  struct epoll_event ev[256];
  struct timespec wait = {0, wait_us * 1000};
  int k = epoll_pwait2(ep, ev, 256, &wait, NULL);
  for (int i = 0; i < k; i++)
    if (bots[ev[i].data.u32].fd >= 0) readable(&bots[ev[i].data.u32]);
}

static void turn(Bot *b) { /* a sample of the truth, 20 a second */
  uint64_t now = now_us();
  walk(b, 0.05);
  unsigned at = b->hn++ % HISTORY;
  b->hx[at] = b->x * 100;
  b->hz[at] = b->z * 100;
  b->ht[at] = now;
  int cell = cell_of(b->x, b->z);
  if (b->kind != ATTACKER) {
    if (b->true_cell >= 0) in_cell[b->true_cell]--;
    in_cell[cell]++;
  }
  b->true_cell = cell;
  if (measuring && b->kind == HONEST) {
    int x = cell % columns, z = cell / columns;
    for (int dz = -1; dz <= 1; dz++)
      for (int dx = -1; dx <= 1; dx++)
        if (x + dx >= 0 && x + dx < columns && z + dz >= 0 && z + dz < rows) due += in_cell[cell + dz * columns + dx];
    due--;
  }
  if (b->fd < 0) {
    if (b->kind == ATTACKER && measuring && chance(b) < 0.1) greet(b); /* with a used ticket */
    return;
  }
  if (!b->placed) return;
  if (b->kind == ATTACKER && measuring) act_badly(b, now);
  else act_honest(b, b->next); /* its own clock runs with its walk, also when this program is late */
}

int main(int argc, char **argv) {
  char *hello_file = NULL;
  for (int o; (o = getopt(argc, argv, "p:n:w:d:L:H:S:A:")) != -1;) switch (o) {
    case 'p': port = atoi(optarg); break;
    case 'n': n = atoi(optarg); break;
    case 'w': warm = atof(optarg); break;      /* seconds before measuring */
    case 'd': duration = atof(optarg); break;  /* seconds of measuring */
    case 'L': side = atof(optarg); break;      /* edge of the square floor, metres */
    case 'H': hello_file = optarg; break;
    case 'S': stalled = atof(optarg); break;   /* share that stops reading when measuring starts */
    case 'A': attackers = atof(optarg); break; /* share that attacks when measuring starts */
  }
  struct rlimit files = {1 << 20, 1 << 20};
  if (setrlimit(RLIMIT_NOFILE, &files)) { getrlimit(RLIMIT_NOFILE, &files); files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files); }
  columns = rows = (int)ceil(floor(side * 100) / CELL_CM);
  bots = calloc(n, sizeof *bots);
  in_cell = calloc(columns * rows, sizeof *in_cell);
  bot_of_slot = malloc(65536 * sizeof *bot_of_slot);
  for (int i = 0; i < 65536; i++) bot_of_slot[i] = -1;
  FILE *f = fopen(hello_file, "rb");
  if (!f) { perror(hello_file); return 2; }
  hellos = malloc(64 << 20);
  size_t size = fread(hellos, 1, 64 << 20, f), at = 0;
  hello_at = calloc(n + 1, sizeof *hello_at);
  for (int i = 0; i < n && at < size; i++) { hello_at[i] = at + 2; at += 2 + u16(hellos + at); hello_at[i + 1] = at + 2; }
  base_us = now_us() - 1000000;
  clock_base = 0;
  ep = epoll_create1(0);
  for (int i = 0; i < n; i++) {
    Bot *b = &bots[i];
    b->rng = 88172645463325252ULL ^ ((uint64_t)(i + 1) * 0x9E3779B97F4A7C15ULL);
    for (int k = 0; k < 4; k++) chance(b);
    b->x = chance(b) * side;
    b->z = chance(b) * side;
    b->yaw = chance(b) * 6.283;
    b->centre = b->true_cell = -1;
    for (int k = 0; k < 9; k++) b->cells[k].id = -1;
    double place = i * 0.7548776662466927 - floor(i * 0.7548776662466927);
    b->kind = place < attackers ? ATTACKER : place < attackers + stalled ? STALLED : HONEST;
    greet(b);
    if ((i & 15) == 15) drain(0);
  }
  uint64_t begun = now_us();
  for (int in = 0; in < n && now_us() - begun < 30000000;) {
    drain(20000);
    in = 0;
    for (int i = 0; i < n; i++) in += bots[i].placed;
  }
  uint64_t start = now_us(), period = 50000, measure = start + (uint64_t)(warm * 1e6), stop = measure + (uint64_t)(duration * 1e6);
  int *order = malloc(n * sizeof *order);
  for (int i = 0; i < n; i++) {
    double phase = i * 0.6180339887498949 - floor(i * 0.6180339887498949);
    bots[i].next = start + (uint64_t)(period * phase);
    int k = i;
    while (k > 0 && bots[order[k - 1]].next > bots[i].next) { order[k] = order[k - 1]; k--; }
    order[k] = i;
  }
  struct rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  for (int i = 0;;) {
    uint64_t now = now_us();
    if (!measuring && now >= measure) { measuring = 1; received = 0; getrusage(RUSAGE_SELF, &before); fprintf(stderr, "MSTART\n"); }
    if (now >= stop) break;
    /* the truth first, then what is shown of it */
    for (int k = 0; k < 2 * n && bots[order[i]].next <= now; k++, i = (i + 1) % n) {
      Bot *b = &bots[order[i]];
      if (measuring && now - b->next > late_max) late_max = now - b->next;
      turn(b);
      b->next += period;
    }
    int64_t left = (int64_t)bots[order[i]].next - (int64_t)now_us();
    drain(left < 0 ? 0 : left > 5000 ? 5000 : left);
  }
  fprintf(stderr, "MEND\n");
  getrusage(RUSAGE_SELF, &after);
  usleep(60000);
  double cpu = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) + (after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
               1e-6 * ((after.ru_utime.tv_usec - before.ru_utime.tv_usec) + (after.ru_stime.tv_usec - before.ru_stime.tv_usec));
  int in = 0, honest = 0;
  for (int i = 0; i < n; i++) { in += bots[i].placed; honest += bots[i].kind == HONEST; }
  printf("{\"n\":%d,\"in\":%d,\"honest\":%d,\"dur\":%.1f,\"truth_p50\":%.1f,\"truth_p99\":%.1f,\"truth_p999\":%.1f,\"lat_p50\":%.1f,\"lat_p99\":%.1f,"
         "\"delivered\":%.4f,\"rx_Bps_client\":%.0f,\"rx_messages_s_client\":%.2f,\"upd_s_client\":%.1f,\"bytes_update\":%.3f,"
         "\"tx_messages_s_client\":%.2f,\"tx_Bps_client\":%.0f,\"bot_cpu\":%.3f,\"late_max_ms\":%.1f,\"closed\":%lu,\"off\":%.6f,"
         "\"corrected\":%lu,\"gaps\":%lu,\"keyframes_s_client\":%.3f,\"malformed\":%lu,\"unsent\":%lu,\"attacks\":%lu,\"attackers_closed\":%lu}\n",
         n, in, honest, duration, percentile(truth, truth_n, .5), percentile(truth, truth_n, .99), percentile(truth, truth_n, .999),
         percentile(stamp, stamp_n, .5), percentile(stamp, stamp_n, .99), due ? (double)received / due : 0, rx_bytes / duration / honest,
         rx_messages / duration / honest, received / duration / honest, received ? (double)rx_bytes / received : 0,
         tx_messages / duration / n, tx_bytes / duration / n, cpu / duration, late_max / 1000.0, closed, truth_n ? (double)off / truth_n : 0,
         refused_poses, gaps, keyframes / duration / honest, malformed, unsent, attacks, attack_closed);
  return 0;
}
