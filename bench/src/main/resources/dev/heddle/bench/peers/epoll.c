/*
 * The echo server by hand: one thread, level-triggered epoll, one buffer for all that is read and
 * one for all that is written. Only a connection with half a line, or whose client does not read,
 * has memory of its own. Answers each line with GOT: and the line; ends when its input ends.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_LINE = 1 << 16, ROOM = 2 * MOST_LINE, EVENTS = 1024, PREFIX = 4 };

struct connection {
  int fd;
  char *half; /* the beginning of a line whose end has not come */
  size_t half_length;
  char *left; /* replies that the socket has not taken */
  size_t left_from, left_length;
};

static int epoll;
static char in[ROOM];
static char out[ROOM * (PREFIX + 1)]; /* each byte read may be an empty line */

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void end(struct connection *c) {
  close(c->fd);
  free(c->half);
  free(c->left);
  free(c);
}

static void watch(struct connection *c, unsigned events) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
}

/* Writes what the socket takes and keeps the rest; 0 if the connection is lost. */
static int reply(struct connection *c, size_t length) {
  ssize_t n = write(c->fd, out, length);
  if (n < 0 && errno != EAGAIN) return 0;
  size_t written = n < 0 ? 0 : n;
  if (written == length) return 1;
  c->left_length = length - written;
  c->left_from = 0;
  c->left = malloc(c->left_length);
  memcpy(c->left, out + written, c->left_length);
  watch(c, EPOLLOUT); /* no more is read until it is gone */
  return 1;
}

static int read_lines(struct connection *c) {
  size_t before = c->half_length;
  if (before) memcpy(in, c->half, before);
  ssize_t n = read(c->fd, in + before, ROOM - before);
  if (n == 0 || (n < 0 && errno != EAGAIN)) return 0;
  if (n < 0) return 1;
  size_t filled = before + n, start = 0, length = 0;
  char *newline = memchr(in + before, '\n', n);
  while (newline) {
    size_t line = newline + 1 - (in + start);
    memcpy(out + length, "GOT:", PREFIX);
    memcpy(out + length + PREFIX, in + start, line);
    length += PREFIX + line;
    start += line;
    newline = memchr(in + start, '\n', filled - start);
  }
  c->half_length = filled - start;
  if (c->half_length > MOST_LINE) return 0;
  if (c->half_length) {
    c->half = realloc(c->half, c->half_length);
    memcpy(c->half, in + start, c->half_length);
  }
  return length == 0 || reply(c, length);
}

static int write_left(struct connection *c) {
  ssize_t n = write(c->fd, c->left + c->left_from, c->left_length - c->left_from);
  if (n < 0) return errno == EAGAIN;
  c->left_from += n;
  if (c->left_from == c->left_length) {
    free(c->left);
    c->left = NULL;
    watch(c, EPOLLIN);
  }
  return 1;
}

static void accept_all(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) end(c);
  }
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) < 0) fail("bind");
  if (listen(listener, 1024) < 0) fail("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &size) < 0) fail("getsockname");
  epoll = epoll_create1(0);
  static struct connection accepts, input;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &accepts};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll_ctl");
  event.data.ptr = &input;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event) < 0) fail("epoll_ctl");
  printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    static struct epoll_event ready[EVENTS];
    int count = epoll_wait(epoll, ready, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      struct connection *c = ready[i].data.ptr;
      if (c == &accepts) {
        accept_all(listener);
      } else if (c == &input) {
        char byte;
        if (read(0, &byte, 1) <= 0) return 0;
      } else if (!(c->left ? write_left(c) : read_lines(c))) {
        end(c);
      }
    }
  }
}
