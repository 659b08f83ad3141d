#include <string.h>

#include <sodium.h>

#include "kiosk/web/session.h"

_Static_assert((int)SESSION_HASH_BYTES == (int)crypto_hash_sha256_BYTES, "SHA-256");

static void hash_id(uint8_t hash[SESSION_HASH_BYTES], const char *id)
{
    crypto_hash_sha256(hash, (const unsigned char *)id, strlen(id));
}

static int find(const struct sessions *sessions, const char *id)
{
    uint8_t hash[SESSION_HASH_BYTES];

    hash_id(hash, id);
    for (int i = 0; i < SESSIONS_MAX; i++) {
        if (sessions->list[i].used &&
            sodium_memcmp(sessions->list[i].hash, hash, sizeof hash) == 0) {
            return i;
        }
    }
    return -1;
}

static int choose_slot(const struct sessions *sessions)
{
    int oldest = 0;

    for (int i = 0; i < SESSIONS_MAX; i++) {
        if (!sessions->list[i].used) {
            return i;
        }
        if (sessions->list[i].last_ms < sessions->list[oldest].last_ms) {
            oldest = i;
        }
    }
    return oldest;
}

void session_begin(struct sessions *sessions, int64_t now_ms, char id[SESSION_ID_MAX])
{
    uint8_t bytes[SESSION_ID_BYTES];
    int slot = choose_slot(sessions);

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(id, SESSION_ID_MAX, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    sessions->list[slot].used = true;
    sessions->list[slot].last_ms = now_ms;
    hash_id(sessions->list[slot].hash, id);
    sessions->failures = 0;
    sessions->locked_until_ms = 0;
}

bool session_touch(struct sessions *sessions, int64_t now_ms, const char *id)
{
    int slot = find(sessions, id);

    if (slot < 0) {
        return false;
    }
    if (now_ms - sessions->list[slot].last_ms >= SESSION_IDLE_MS) {
        sessions->list[slot].used = false;
        return false;
    }
    sessions->list[slot].last_ms = now_ms;
    return true;
}

void session_end(struct sessions *sessions, const char *id)
{
    int slot = find(sessions, id);

    if (slot >= 0) {
        sessions->list[slot].used = false;
    }
}

int64_t session_wait_ms(const struct sessions *sessions, int64_t now_ms)
{
    return sessions->locked_until_ms > now_ms ? sessions->locked_until_ms - now_ms : 0;
}

void session_count_failure(struct sessions *sessions, int64_t now_ms)
{
    int64_t wait = LOGIN_WAIT_MS;

    if (++sessions->failures < LOGIN_FREE_FAILURES) {
        return;
    }
    for (int i = LOGIN_FREE_FAILURES; i < sessions->failures && wait < LOGIN_WAIT_LONGEST_MS; i++) {
        wait *= 2;
    }
    sessions->locked_until_ms =
        now_ms + (wait < LOGIN_WAIT_LONGEST_MS ? wait : LOGIN_WAIT_LONGEST_MS);
}
