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

/* -1 where nothing wrong came from there. */
static int find_client(const struct sessions *sessions, const login_client_t *client)
{
    for (int i = 0; i < LOGIN_CLIENTS_MAX; i++) {
        if (sessions->clients[i].failures > 0 &&
            memcmp(&sessions->clients[i].client, client, sizeof *client) == 0) {
            return i;
        }
    }
    return -1;
}

static int choose_client(const struct sessions *sessions)
{
    int oldest = 0;

    for (int i = 0; i < LOGIN_CLIENTS_MAX; i++) {
        if (sessions->clients[i].failures == 0) {
            return i;
        }
        if (sessions->clients[i].last_ms < sessions->clients[oldest].last_ms) {
            oldest = i;
        }
    }
    return oldest;
}

void session_begin(struct sessions *sessions, int64_t now_ms, const login_client_t *client,
                   char id[SESSION_ID_MAX])
{
    uint8_t bytes[SESSION_ID_BYTES];
    int slot = choose_slot(sessions);
    int counted = find_client(sessions, client);

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(id, SESSION_ID_MAX, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    sessions->list[slot].used = true;
    sessions->list[slot].last_ms = now_ms;
    hash_id(sessions->list[slot].hash, id);
    if (counted >= 0) {
        sessions->clients[counted].failures = 0;
    }
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

static int64_t left_ms(int64_t until_ms, int64_t now_ms)
{
    return until_ms > now_ms ? until_ms - now_ms : 0;
}

int64_t session_wait_ms(const struct sessions *sessions, int64_t now_ms,
                        const login_client_t *client)
{
    int slot = find_client(sessions, client);
    bool many = sessions->hour_failures >= LOGIN_FAILURES_PER_HOUR;
    int64_t all = many ? left_ms(sessions->hour_ms + LOGIN_HOUR_MS, now_ms) : 0;
    int64_t own = slot >= 0 ? left_ms(sessions->clients[slot].locked_until_ms, now_ms) : 0;

    return own > all ? own : all;
}

static int64_t wait_after(int failures)
{
    int64_t wait = LOGIN_WAIT_MS;

    if (failures < LOGIN_FREE_FAILURES) {
        return 0;
    }
    for (int i = LOGIN_FREE_FAILURES; i < failures && wait < LOGIN_WAIT_LONGEST_MS; i++) {
        wait *= 2;
    }
    return wait < LOGIN_WAIT_LONGEST_MS ? wait : LOGIN_WAIT_LONGEST_MS;
}

void session_count_failure(struct sessions *sessions, int64_t now_ms, const login_client_t *client)
{
    int slot = find_client(sessions, client);

    if (sessions->hour_failures == 0 || now_ms - sessions->hour_ms >= LOGIN_HOUR_MS) {
        sessions->hour_ms = now_ms;
        sessions->hour_failures = 0;
    }
    sessions->hour_failures++;
    if (slot < 0) {
        slot = choose_client(sessions);
        sessions->clients[slot].client = *client;
        sessions->clients[slot].failures = 0;
    }
    sessions->clients[slot].failures++;
    sessions->clients[slot].last_ms = now_ms;
    sessions->clients[slot].locked_until_ms = now_ms + wait_after(sessions->clients[slot].failures);
}
