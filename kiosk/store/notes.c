#include "kiosk/store/notes.h"

#include "kiosk/store/body.h"
#include "kiosk/store/ledger_internal.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

enum { PATH_SIZE = 4400, NAME_DIGITS = 16 };

static const char ending[] = ".note";

static const bool may_be_left[EVENT_KIND_COUNT] = {
    [EVENT_EXPORT] = true,
    [EVENT_LOGIN] = true,
    [EVENT_CALIBRATION] = true,
};

static bool write_whole(int file, const char *bytes, size_t count)
{
    return write(file, bytes, count) == (ssize_t)count && fsync(file) == 0;
}

bool notes_leave(const char *directory, const struct kiosk_event *event)
{
    char fresh[PATH_SIZE], path[PATH_SIZE], text[LEDGER_BODY_MAX + EVENT_TEXT_MAX];
    char digits[NAME_DIGITS + 1];
    uint8_t chance[NAME_DIGITS / 2];

    assert(may_be_left[event->kind]);
    snprintf(path, sizeof path, "%s/notes", directory);
    if (mkdir(path, 0750) != 0 && errno != EEXIST) {
        return false;
    }
    randombytes_buf(chance, sizeof chance);
    sodium_bin2hex(digits, sizeof digits, chance, sizeof chance);
    snprintf(fresh, sizeof fresh, "%s/notes/%s.new", directory, digits);
    snprintf(path, sizeof path, "%s/notes/%s%s", directory, digits, ending);
    size_t length = (size_t)snprintf(text, sizeof text, "%s ", event_kind_text(event->kind));
    length += body_encode(event, text + length);
    int file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (file < 0) {
        return false;
    }
    bool written = write_whole(file, text, length);
    written = close(file) == 0 && written && rename(fresh, path) == 0;
    if (!written) {
        const int reason = errno;
        unlink(fresh);
        errno = reason;
    }
    return written;
}

static bool read_note(const char *path, struct kiosk_event *event)
{
    char text[LEDGER_BODY_MAX + EVENT_TEXT_MAX], reason[BODY_REASON_MAX];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    text[length > 0 ? length : 0] = '\0';
    char *body = strchr(text, ' ');
    if (body == NULL) {
        return false;
    }
    *body++ = '\0';
    memset(event, 0, sizeof *event);
    event->kind = event_kind_find(text);
    return event->kind != EVENT_KIND_COUNT && may_be_left[event->kind] &&
           body_decode(event, body, strlen(body), reason);
}

/* False where the ledger cannot take it now. */
static bool take(const char *path, struct ledger *ledger, const moment_t *at, bool of_a_run,
                 int *count)
{
    struct kiosk_event event;
    char error[LEDGER_ERROR_MAX], aside[PATH_SIZE + 8];
    int64_t seq;

    if (!read_note(path, &event)) {
        snprintf(aside, sizeof aside, "%s.bad", path);
        return rename(path, aside) == 0;
    }
    if (!of_a_run && !ledger_has_own_time(event.kind)) {
        return true;
    }
    event.at = *at;
    const bool taken = ledger_append(ledger, &event, &seq, error) == LEDGER_OK && unlink(path) == 0;
    *count += taken;
    return taken;
}

int notes_take(const char *directory, struct ledger *ledger, const moment_t *at, bool of_a_run)
{
    char path[PATH_SIZE];
    int count = 0;

    snprintf(path, sizeof path, "%s/notes", directory);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return 0;
    }
    bool goes_on = true;
    for (struct dirent *entry; goes_on && (entry = readdir(folder)) != NULL;) {
        const size_t length = strlen(entry->d_name);
        if (length == NAME_DIGITS + sizeof ending - 1 &&
            strcmp(entry->d_name + NAME_DIGITS, ending) == 0) {
            snprintf(path, sizeof path, "%s/notes/%s", directory, entry->d_name);
            goes_on = take(path, ledger, at, of_a_run, &count);
        }
    }
    closedir(folder);
    return count;
}
