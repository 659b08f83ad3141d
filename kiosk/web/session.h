/* Who is logged in, and how often a wrong password may be tried.
 *
 * A session's id is 128 random bits that only the browser keeps; here is its hash. Wrong passwords
 * are counted for each address, so that somebody on the network cannot lock the administrator out
 * alone; a ceiling over all addresses bounds what many of them can try. All times are monotonic ms,
 * given by the caller. One thread.
 */
#ifndef KIOSK_WEB_SESSION_H
#define KIOSK_WEB_SESSION_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SESSIONS_MAX = 8, /* at once; the one that was idle longest gives way */
    SESSION_ID_BYTES = 16,
    SESSION_ID_MAX = 2 * SESSION_ID_BYTES + 1, /* as hex, with its NUL */
    SESSION_HASH_BYTES = 32,
    SESSION_IDLE_MS = 10 * 60 * 1000,
    LOGIN_FREE_FAILURES = 3,
    LOGIN_WAIT_MS = 30 * 1000, /* after those; doubles with each further one */
    LOGIN_WAIT_LONGEST_MS = 15 * 60 * 1000,
    LOGIN_CLIENTS_MAX = 16, /* counted at once; the one that was wrong longest ago gives way */
    LOGIN_CLIENT_BYTES = 8,
    LOGIN_HOUR_MS = 60 * 60 * 1000,
    LOGIN_FAILURES_PER_HOUR = 60 /* of all addresses; one alone gets to 10 in its first hour */
};

/* Where a password comes from: an IPv4 address, or the 64 bits of an IPv6 network, which one
 * machine has to itself. */
typedef struct login_client_t {
    uint8_t bytes[LOGIN_CLIENT_BYTES];
} login_client_t;

struct sessions {
    struct {
        bool used;
        uint8_t hash[SESSION_HASH_BYTES];
        int64_t last_ms;
    } list[SESSIONS_MAX];
    struct {
        login_client_t client;
        int failures; /* in a row; 0: the place is free */
        int64_t last_ms, locked_until_ms;
    } clients[LOGIN_CLIENTS_MAX];
    int hour_failures; /* of all, since hour_ms */
    int64_t hour_ms;
};

/* Begins a session after a right password and clears the client's count of wrong ones. */
void session_begin(struct sessions *sessions, int64_t now_ms, const login_client_t *client,
                   char id[SESSION_ID_MAX]);

/* Whether `id` names a live session; if so, its idle time begins anew. Any text is allowed. */
bool session_touch(struct sessions *sessions, int64_t now_ms, const char *id);

void session_end(struct sessions *sessions, const char *id);

/* How long no password of this client is looked at, right or wrong; 0: now is fine. */
int64_t session_wait_ms(const struct sessions *sessions, int64_t now_ms,
                        const login_client_t *client);
void session_count_failure(struct sessions *sessions, int64_t now_ms, const login_client_t *client);

#endif
