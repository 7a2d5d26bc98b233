/* Kills this process with SIGKILL at its k-th call that leaves a trace: a write to a file or a socket, a sync, a
 * rename. Loaded with LD_PRELOAD; KILL_AT is k, and without it the calls are counted into the file KILL_COUNT.
 * The place is counted, not timed: the same k is the same place, up to the order of threads. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;
static long kill_at = -1;

__attribute__((constructor)) static void arm(void) {
    const char *at = getenv("KILL_AT");
    if (at) kill_at = atol(at);
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("KILL_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld", atomic_load(&calls));
    fclose(file);
}

/* Even places die before the call, odd ones after it. */
static long place(void) { return atomic_fetch_add(&calls, 1); }
static void die(long at) { if (at == kill_at) { kill(getpid(), SIGKILL); for (;;) pause(); } }

#define WRAP(type, name, declared, passed)                                  \
    type name declared {                                                    \
        static type(*real) declared;                                        \
        if (!real) real = (type(*) declared)dlsym(RTLD_NEXT, #name);        \
        long at = place();                                                  \
        if (at % 2 == 0) die(at);                                           \
        type done = real passed;                                            \
        if (at % 2 == 1) die(at);                                           \
        return done;                                                        \
    }

WRAP(ssize_t, write, (int fd, const void *b, size_t n), (fd, b, n))
WRAP(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
WRAP(ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o))
WRAP(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o))
WRAP(ssize_t, send, (int fd, const void *b, size_t n, int f), (fd, b, n, f))
WRAP(ssize_t, sendto, (int fd, const void *b, size_t n, int f, const struct sockaddr *a, socklen_t l), (fd, b, n, f, a, l))
WRAP(ssize_t, sendmsg, (int fd, const struct msghdr *m, int f), (fd, m, f))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t n), (fd, n))
WRAP(int, ftruncate64, (int fd, off64_t n), (fd, n))
WRAP(int, rename, (const char *a, const char *b), (a, b))
WRAP(int, unlink, (const char *a), (a))
