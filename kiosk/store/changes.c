#include "kiosk/store/changes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "kiosk/store/ledger_internal.h"

enum { LINE_SIZE = EVENT_TEXT_MAX + EVENT_LINE_MAX + 8, MARK_SIZE = 16 };

static const char secret_word[] = "(secret)";
static const char mark_tag[] = "biaogan secret setting 1";

/* Tells a changed secret from the same one to who has the recorder's key, and to nobody else. */
static void mark_secret(const struct ledger *ledger, const struct ledger_setting *setting,
                        char text[2 * MARK_SIZE + 1])
{
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];

    crypto_auth_hmacsha256_init(&state, ledger->key.seed, sizeof ledger->key.seed);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)mark_tag, sizeof mark_tag);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)setting->name,
                                  strlen(setting->name) + 1);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)setting->value, strlen(setting->value));
    crypto_auth_hmacsha256_final(&state, mac);
    chain_hex(mac, MARK_SIZE, text);
}

/* One line a setting: "name=value"; the lines of secrets begin with "!" and hold a mark. */
static char *write_text(const struct ledger *ledger, const struct ledger_setting *settings,
                        int count)
{
    char *text = malloc((size_t)count * LINE_SIZE + 1);
    size_t length = 0;

    for (int i = 0; text && i < count; i++) {
        char mark[2 * MARK_SIZE + 1];
        const char *value = settings[i].value;
        if (settings[i].is_secret) {
            mark_secret(ledger, &settings[i], mark);
            value = mark;
        }
        length += (size_t)snprintf(text + length, LINE_SIZE, "%s%s=%s\n",
                                   settings[i].is_secret ? "!" : "", settings[i].name, value);
    }
    if (text) {
        text[length] = '\0';
    }
    return text;
}

static void digest_of(const char *text, char digest[EVENT_HASH_MAX])
{
    uint8_t hash[CHAIN_HASH_SIZE];

    crypto_hash_sha256(hash, (const uint8_t *)text, strlen(text));
    chain_hex(hash, sizeof hash, digest);
}

/* The line of `text` that is about the setting that `line` is about; "" where there is none. */
static const char *find_line(const char *text, const char *line)
{
    const size_t name = strcspn(line, "=\n") + 1;

    for (const char *at = text; *at != '\0'; at += strcspn(at, "\n") + 1) {
        if (strncmp(at, line, name) == 0) {
            return at;
        }
    }
    return "";
}

static void take_value(const char *line, bool *has, char value[EVENT_LINE_MAX])
{
    *has = *line != '\0';
    if (*line == '!') {
        memcpy(value, secret_word, sizeof secret_word);
    } else if (*has) {
        const char *from = line + strcspn(line, "=") + 1;
        snprintf(value, EVENT_LINE_MAX, "%.*s", (int)strcspn(from, "\n"), from);
    }
}

/* A row for a line that another text has not, or has otherwise. */
static int put_change(struct ledger *ledger, const moment_t *at, const char *was, const char *is)
{
    const char *named = *is != '\0' ? is : was;
    struct kiosk_event event = {.kind = EVENT_SETTINGS, .at = *at};
    struct event_settings *change = &event.body.settings;
    int64_t seq;

    named += *named == '!';
    snprintf(change->name, sizeof change->name, "%.*s", (int)strcspn(named, "="), named);
    take_value(was, &change->has_old, change->old_value);
    take_value(is, &change->has_new, change->new_value);
    return ledger_put(ledger, &event, &seq);
}

static bool same_line(const char *a, const char *b)
{
    const size_t length = strcspn(a, "\n");

    return length == strcspn(b, "\n") && memcmp(a, b, length) == 0;
}

static int put_changes(struct ledger *ledger, const moment_t *at, const char *was, const char *is)
{
    int code = SQLITE_OK;

    for (const char *line = is; *line != '\0' && code == SQLITE_OK;) {
        const char *old = find_line(was, line);
        if (*old == '\0' || !same_line(old, line)) {
            code = put_change(ledger, at, old, line);
        }
        line += strcspn(line, "\n") + 1;
    }
    for (const char *line = was; *line != '\0' && code == SQLITE_OK;) {
        if (*find_line(is, line) == '\0') {
            code = put_change(ledger, at, line, "");
        }
        line += strcspn(line, "\n") + 1;
    }
    return code;
}

/* The digest's row and the text for the next time. */
static int put_digest(struct ledger *ledger, const moment_t *at, const char *text,
                      const char *digest)
{
    struct kiosk_event event = {.kind = EVENT_SETTINGS, .at = *at};
    sqlite3_stmt *keep = NULL;
    int64_t seq = 0;

    snprintf(event.body.settings.digest, EVENT_HASH_MAX, "%s", digest);
    int code = ledger_put(ledger, &event, &seq);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(ledger->db.handle, "DELETE FROM settings", NULL, NULL, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(ledger->db.handle, "INSERT INTO settings(seq, text) VALUES(?,?)",
                                  -1, &keep, NULL);
    }
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(keep, 1, seq);
        sqlite3_bind_text(keep, 2, text, -1, SQLITE_STATIC);
        code = sqlite3_step(keep);
        code = code == SQLITE_DONE ? SQLITE_OK : code;
    }
    sqlite3_finalize(keep);
    return code;
}

/* The text of the last time, with the digest of its row; "" where there is none. */
static char *read_last(struct ledger *ledger, char recorded[EVENT_HASH_MAX], int *code)
{
    static const char query[] =
        "SELECT text, (SELECT json_extract(body, '$.digest') FROM ledger WHERE seq = settings.seq)"
        " FROM settings ORDER BY seq DESC LIMIT 1";
    sqlite3_stmt *row = NULL;
    char *text = NULL;

    recorded[0] = '\0';
    *code = sqlite3_prepare_v2(ledger->db.handle, query, -1, &row, NULL);
    if (*code == SQLITE_OK) {
        *code = sqlite3_step(row);
    }
    if (*code == SQLITE_ROW || *code == SQLITE_DONE) {
        const bool found = *code == SQLITE_ROW;
        text = strdup(found ? ledger_column_text(row, 0) : "");
        snprintf(recorded, EVENT_HASH_MAX, "%s", found ? ledger_column_text(row, 1) : "");
        *code = text ? SQLITE_OK : SQLITE_NOMEM;
    }
    sqlite3_finalize(row);
    return text;
}

static int note(struct ledger *ledger, const moment_t *at, const char *was, const char *recorded,
                const char *is)
{
    char old_digest[EVENT_HASH_MAX], digest[EVENT_HASH_MAX];

    digest_of(was, old_digest);
    digest_of(is, digest);
    const bool is_known = strcmp(old_digest, recorded) == 0;
    int code = put_digest(ledger, at, is, digest);
    if (code == SQLITE_OK && is_known) {
        code = put_changes(ledger, at, was, is);
    }
    return code;
}

int ledger_settings_again(struct ledger *ledger, const moment_t *at, int64_t purged_seq)
{
    char recorded[EVENT_HASH_MAX], digest[EVENT_HASH_MAX];
    int code = SQLITE_OK;

    int64_t seq =
        schema_integer(ledger->db.handle, "SELECT max(seq) FROM settings", INT64_MAX, &code);
    if (code != SQLITE_OK || seq > purged_seq) {
        return code;
    }
    char *text = read_last(ledger, recorded, &code);
    if (code == SQLITE_OK) {
        digest_of(text, digest);
        /* A text that is not the recorded one gets no new row to be right by. */
        code = strcmp(digest, recorded) == 0 ? put_digest(ledger, at, text, digest) : SQLITE_OK;
    }
    free(text);
    return code;
}

enum ledger_result ledger_note_settings(struct ledger *ledger, const moment_t *at,
                                        const struct ledger_setting *settings, int count,
                                        char error[LEDGER_ERROR_MAX])
{
    char recorded[EVENT_HASH_MAX], digest[EVENT_HASH_MAX];
    int code = SQLITE_OK;

    assert(ledger->writer && count <= LEDGER_SETTINGS_MAX);
    char *is = write_text(ledger, settings, count);
    char *was = read_last(ledger, recorded, &code);
    code = is ? code : SQLITE_NOMEM;
    if (code == SQLITE_OK) {
        digest_of(is, digest);
        if (strcmp(digest, recorded) != 0 || strcmp(is, was) != 0) {
            code = db_begin(&ledger->db);
            if (code == SQLITE_OK) {
                code = note(ledger, at, was, recorded, is);
            }
            enum ledger_result result = ledger_finish(ledger, "note settings in it", code, error);
            free(is);
            free(was);
            return result;
        }
    }
    free(is);
    free(was);
    return code == SQLITE_OK ? LEDGER_OK : ledger_fail(ledger, "read its settings", code, error);
}
