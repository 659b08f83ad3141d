#include "kiosk/store/checkpoint.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

enum {
    BLOCK_SIZE = 512,
    END_BLOCKS = 2,
    CHECKPOINT_BLOCK = 2,
    FIELDS_MAX = 9,
    LINE_MAX_SIZE = 96,
    SEQ_MAX = 24
};

_Static_assert(sizeof(((struct chain_checkpoint *)0)->site) >= SITE_ID_MAX, "a site fits");

static const char key_word[] = "biaogan-key 1 ";
static const char checkpoint_word[] = "biaogan-checkpoint";
#define HEAD_WORD "biaogan-head"

static void path_in(char path[CHECKPOINT_PATH_MAX], const char *directory, const char *name)
{
    snprintf(path, CHECKPOINT_PATH_MAX, "%s/%s", directory, name);
}

static void sync_directory(const char *directory)
{
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder >= 0) {
        (void)fsync(folder);
        close(folder);
    }
}

/* ---- the key --------------------------------------------------------------------------------- */

static bool parse_key(char *line, struct recorder_key *key)
{
    const size_t word = sizeof key_word - 1;

    line[strcspn(line, "\n")] = '\0';
    return strncmp(line, key_word, word) == 0 &&
           chain_unhex(line + word, key->seed, sizeof key->seed);
}

static enum key_state read_key(struct recorder_key *key, const char *path)
{
    char line[LINE_MAX_SIZE] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0) {
        return errno == ENOENT ? KEY_ABSENT : KEY_UNREADABLE;
    }
    ssize_t length = read(file, line, sizeof line - 1);
    close(file);
    if (length < 0) {
        return KEY_UNREADABLE;
    }
    key->was_damaged = !parse_key(line, key);
    sodium_memzero(line, sizeof line);
    return key->was_damaged ? KEY_ABSENT : KEY_LOADED;
}

static bool write_key(const struct recorder_key *key, int file)
{
    char line[LINE_MAX_SIZE];
    char digits[CHAIN_HEX_MAX];

    sodium_bin2hex(digits, sizeof digits, key->seed, sizeof key->seed);
    int length = snprintf(line, sizeof line, "%s%s\n", key_word, digits);
    bool written = write(file, line, (size_t)length) == length && fsync(file) == 0;
    sodium_memzero(digits, sizeof digits);
    sodium_memzero(line, sizeof line);
    return written;
}

static bool make_key(struct recorder_key *key, const char *directory, const char *path)
{
    char fresh[CHECKPOINT_PATH_MAX];
    char aside[CHECKPOINT_PATH_MAX];

    path_in(fresh, directory, "ledger.key.new");
    path_in(aside, directory, "ledger.key.damaged");
    if (key->was_damaged && rename(path, aside) != 0) {
        return false;
    }
    (void)unlink(fresh); /* what a power cut left of an earlier attempt */
    int file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        return false;
    }
    randombytes_buf(key->seed, sizeof key->seed);
    bool done = write_key(key, file);
    int reason = errno;
    done = close(file) == 0 && done && rename(fresh, path) == 0;
    if (!done) {
        reason = reason ? reason : errno;
        (void)unlink(fresh);
        errno = reason;
        return false;
    }
    sync_directory(directory);
    return true;
}

enum key_state recorder_key_open(struct recorder_key *key, const char *directory, bool make)
{
    char path[CHECKPOINT_PATH_MAX];

    memset(key, 0, sizeof *key);
    if (sodium_init() < 0) {
        errno = ENOSYS;
        return KEY_UNREADABLE;
    }
    path_in(path, directory, "ledger.key");
    enum key_state state = read_key(key, path);
    if (state == KEY_ABSENT && make) {
        errno = 0;
        state = make_key(key, directory, path) ? KEY_MADE : KEY_UNREADABLE;
    }
    if (state == KEY_LOADED || state == KEY_MADE) {
        chain_signer_init(&key->signer, key->seed);
    }
    return state;
}

void recorder_key_close(struct recorder_key *key)
{
    sodium_memzero(key, sizeof *key);
}

/* ---- statements ------------------------------------------------------------------------------ */

void checkpoint_to_event(const struct chain_checkpoint *checkpoint, struct event_checkpoint *event)
{
    memset(event, 0, sizeof *event);
    event->covers = checkpoint->covers;
    snprintf(event->site, sizeof event->site, "%.*s", SITE_ID_MAX - 1, checkpoint->site);
    chain_hex(checkpoint->hash, sizeof checkpoint->hash, event->hash);
    chain_hex(checkpoint->key, sizeof checkpoint->key, event->key);
    chain_hex(checkpoint->signature, sizeof checkpoint->signature, event->signature);
}

bool checkpoint_from_event(const struct event_checkpoint *event, const moment_t *at,
                           const uint8_t id[CHAIN_ID_SIZE], struct chain_checkpoint *checkpoint)
{
    memset(checkpoint, 0, sizeof *checkpoint);
    memcpy(checkpoint->id, id, CHAIN_ID_SIZE);
    snprintf(checkpoint->site, sizeof checkpoint->site, "%s", event->site);
    checkpoint->covers = event->covers;
    checkpoint->has_utc = at->quality != CLOCK_UNSET;
    checkpoint->utc_ms = checkpoint->has_utc ? at->utc_ms : 0;
    return chain_unhex(event->hash, checkpoint->hash, sizeof checkpoint->hash) &&
           chain_unhex(event->key, checkpoint->key, sizeof checkpoint->key) &&
           chain_unhex(event->signature, checkpoint->signature, sizeof checkpoint->signature);
}

/* A field of a statement: never empty, never with a blank in it. */
static void format_site(const char *site, char *text)
{
    size_t length = 0;

    for (; site[length] != '\0'; length++) {
        text[length] = (unsigned char)site[length] <= ' ' ? '_' : site[length];
    }
    text[length] = '\0';
    if (length == 0) {
        memcpy(text, "-", 2);
    }
}

void checkpoint_format(const struct chain_checkpoint *checkpoint, char text[CHECKPOINT_TEXT_MAX])
{
    char id[2 * CHAIN_ID_SIZE + 1], hash[EVENT_HASH_MAX], key[EVENT_HASH_MAX];
    char signature[EVENT_SIGNATURE_MAX];
    char site[sizeof checkpoint->site + 1], utc[24] = "-";

    chain_hex(checkpoint->id, sizeof checkpoint->id, id);
    chain_hex(checkpoint->hash, sizeof checkpoint->hash, hash);
    chain_hex(checkpoint->key, sizeof checkpoint->key, key);
    chain_hex(checkpoint->signature, sizeof checkpoint->signature, signature);
    format_site(checkpoint->site, site);
    if (checkpoint->has_utc) {
        snprintf(utc, sizeof utc, "%" PRId64, checkpoint->utc_ms);
    }
    snprintf(text, CHECKPOINT_TEXT_MAX, "%s 1 %s %s %" PRId64 " %s %s %s %s", checkpoint_word, id,
             site, checkpoint->covers, hash, utc, key, signature);
}

/* Cuts `text` at its blanks; the number of fields, FIELDS_MAX + 1 where there are more. */
static int cut_fields(char *text, char *fields[FIELDS_MAX])
{
    char *rest = NULL;
    int count = 0;

    for (char *field = strtok_r(text, " \n", &rest); field; field = strtok_r(NULL, " \n", &rest)) {
        if (count == FIELDS_MAX) {
            return FIELDS_MAX + 1;
        }
        fields[count++] = field;
    }
    return count;
}

static bool parse_number(const char *text, int64_t *number)
{
    char *end = NULL;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

bool checkpoint_parse(const char *text, struct chain_checkpoint *checkpoint)
{
    char copy[CHECKPOINT_TEXT_MAX + 1];
    char *fields[FIELDS_MAX];

    memset(checkpoint, 0, sizeof *checkpoint);
    if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy ||
        cut_fields(copy, fields) != 9 || strcmp(fields[0], checkpoint_word) != 0 ||
        strcmp(fields[1], "1") != 0 || strlen(fields[3]) >= sizeof checkpoint->site) {
        return false;
    }
    if (strcmp(fields[3], "-") != 0) {
        memcpy(checkpoint->site, fields[3], strlen(fields[3]) + 1);
    }
    checkpoint->has_utc = strcmp(fields[6], "-") != 0;
    return chain_unhex(fields[2], checkpoint->id, sizeof checkpoint->id) &&
           parse_number(fields[4], &checkpoint->covers) &&
           chain_unhex(fields[5], checkpoint->hash, sizeof checkpoint->hash) &&
           (!checkpoint->has_utc || parse_number(fields[6], &checkpoint->utc_ms)) &&
           chain_unhex(fields[7], checkpoint->key, sizeof checkpoint->key) &&
           chain_unhex(fields[8], checkpoint->signature, sizeof checkpoint->signature);
}

/* ---- reading the head ------------------------------------------------------------------------ */

static bool parse_end(const char *block, const struct recorder_key *key, struct head *end)
{
    char copy[BLOCK_SIZE + 1];
    char *fields[FIELDS_MAX];
    uint8_t mac[CHAIN_HASH_SIZE], expected[CHAIN_HASH_SIZE];

    snprintf(copy, sizeof copy, "%s", block);
    if (cut_fields(copy, fields) != 6 || strcmp(fields[0], HEAD_WORD) != 0 ||
        strcmp(fields[1], "1") != 0 || !chain_unhex(fields[2], end->id, sizeof end->id) ||
        !parse_number(fields[3], &end->seq) ||
        !chain_unhex(fields[4], end->hash, sizeof end->hash) ||
        !chain_unhex(fields[5], mac, sizeof mac)) {
        return false;
    }
    if (key) {
        chain_head_mac(&key->signer, end->id, end->seq, end->hash, expected);
        return sodium_memcmp(mac, expected, sizeof mac) == 0;
    }
    return true;
}

static void take_end(struct head *head, const char *block, const struct recorder_key *key)
{
    struct head end;

    if (*block == '\0') {
        return; /* not written yet */
    }
    if (!parse_end(block, key, &end)) {
        head->damaged_blocks++;
        return;
    }
    if (!head->has_end || end.seq > head->seq) {
        head->has_end = true;
        head->is_proven = key != NULL;
        head->seq = end.seq;
        memcpy(head->id, end.id, sizeof head->id);
        memcpy(head->hash, end.hash, sizeof head->hash);
    }
}

void head_read_named(const char *directory, const char *name, const struct recorder_key *key,
                     struct head *head)
{
    char path[CHECKPOINT_PATH_MAX];
    char block[BLOCK_SIZE + 1];

    memset(head, 0, sizeof *head);
    path_in(path, directory, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    head->exists = true;
    for (int i = 0; i <= CHECKPOINT_BLOCK; i++) {
        ssize_t length = pread(file, block, BLOCK_SIZE, (off_t)i * BLOCK_SIZE);
        block[length > 0 ? length : 0] = '\0';
        if (i < END_BLOCKS) {
            take_end(head, block, key);
        } else {
            head->has_checkpoint = checkpoint_parse(block, &head->checkpoint);
        }
    }
    close(file);
}

void head_read(const char *directory, const struct recorder_key *key, struct head *head)
{
    head_read_named(directory, "head", key, head);
}

/* ---- writing the head ------------------------------------------------------------------------ */

bool head_open(struct head_file *head, const char *directory)
{
    static const char empty[(CHECKPOINT_BLOCK + 1) * BLOCK_SIZE];
    char path[CHECKPOINT_PATH_MAX];

    path_in(path, directory, "head");
    head->next_block = 0;
    head->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (head->file < 0) {
        return false;
    }
    /* With its whole length on the medium, a later write moves no metadata but the time. */
    struct stat found;
    if (fstat(head->file, &found) == 0 && found.st_size >= (off_t)sizeof empty) {
        return true;
    }
    bool made = ftruncate(head->file, 0) == 0 &&
                pwrite(head->file, empty, sizeof empty, 0) == (ssize_t)sizeof empty &&
                fsync(head->file) == 0;
    if (made) {
        sync_directory(directory);
    } else {
        head_close(head, false);
    }
    return made;
}

static void write_block(struct head_file *head, unsigned block, const char *line)
{
    char bytes[BLOCK_SIZE];
    size_t length = strlen(line);

    assert(length < BLOCK_SIZE);
    memset(bytes, ' ', sizeof bytes);
    memcpy(bytes, line, length);
    bytes[BLOCK_SIZE - 1] = '\n';
    if (head->file >= 0) {
        ssize_t written = pwrite(head->file, bytes, sizeof bytes, (off_t)block * BLOCK_SIZE);
        (void)written;
    }
}

/* Returns where the next sign goes. */
static char *put_hex(char *at, const uint8_t *bytes, size_t size)
{
    chain_hex(bytes, size, at);
    return at + 2 * size;
}

void head_write_end(struct head_file *head, const struct recorder_key *key,
                    const uint8_t id[CHAIN_ID_SIZE], int64_t seq,
                    const uint8_t hash[CHAIN_HASH_SIZE])
{
    char line[BLOCK_SIZE] = HEAD_WORD " 1 ";
    uint8_t mac[CHAIN_HASH_SIZE];
    char *at = line + strlen(line);

    chain_head_mac(&key->signer, id, seq, hash, mac);
    at = put_hex(at, id, CHAIN_ID_SIZE);
    at += snprintf(at, SEQ_MAX, " %" PRId64 " ", seq);
    at = put_hex(at, hash, CHAIN_HASH_SIZE);
    *at++ = ' ';
    put_hex(at, mac, sizeof mac);
    write_block(head, head->next_block, line);
    head->next_block ^= 1;
}

void head_write_checkpoint(struct head_file *head, const struct chain_checkpoint *checkpoint)
{
    char line[CHECKPOINT_TEXT_MAX];

    checkpoint_format(checkpoint, line);
    write_block(head, CHECKPOINT_BLOCK, line);
}

void head_close(struct head_file *head, bool sync)
{
    if (head->file >= 0) {
        if (sync) {
            (void)fsync(head->file);
        }
        close(head->file);
    }
    head->file = -1;
}
