#include "kiosk/shell/backup_thread.h"

#include "kiosk/shell/clock.h"
#include "kiosk/shell/log.h"
#include "kiosk/shell/ring.h"
#include "kiosk/shell/settings.h"
#include "kiosk/store/backup.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_MS = 5 * 60 * 1000, EVERY_MS = 24 * 60 * 60 * 1000, AGAIN_MS = 60 * 60 * 1000 };

struct backup_thread {
    char directory[SETTINGS_PATH_MAX], to[SETTINGS_PATH_MAX];
    int wake;
    pthread_t thread;
    atomic_bool stopping;
};

static bool is_stopping(const void *context)
{
    const struct backup_thread *backup = context;
    return atomic_load(&backup->stopping);
}

static int64_t make_copy(struct backup_thread *backup)
{
    struct backup_report report;
    char error[LEDGER_ERROR_MAX] = "";
    const struct backup_stop stop = {is_stopping, backup};
    if (ledger_backup(backup->directory, backup->to, &stop, &report, error) == LEDGER_OK) {
        log_line(LOG_INFO, "backup", "%s: rows up to %lld, %lld bytes", backup->to,
                 (long long)report.last_seq, (long long)report.bytes);
        return EVERY_MS;
    }
    if (!atomic_load(&backup->stopping)) {
        log_line(LOG_ERROR, "backup", "%s", error);
    }
    return AGAIN_MS;
}

static void *backup_main(void *context)
{
    struct backup_thread *backup = context;
    int64_t due_ms = clock_now_ms() + FIRST_MS;
    while (!atomic_load(&backup->stopping)) {
        if (clock_now_ms() >= due_ms) {
            const int64_t pause_ms = make_copy(backup);
            due_ms = clock_now_ms() + pause_ms;
        }
        struct pollfd wake = {.fd = backup->wake, .events = POLLIN};
        poll(&wake, 1, clock_wait_ms(due_ms));
        wake_drain(backup->wake);
    }
    return NULL;
}

struct backup_thread *backup_thread_start(const char *directory, const char *to)
{
    struct backup_thread *backup = calloc(1, sizeof *backup);
    if (backup == NULL) {
        return NULL;
    }
    snprintf(backup->directory, sizeof backup->directory, "%s", directory);
    snprintf(backup->to, sizeof backup->to, "%s", to);
    backup->wake = wake_open();
    if (backup->wake < 0 || pthread_create(&backup->thread, NULL, backup_main, backup) != 0) {
        free(backup);
        return NULL;
    }
    return backup;
}

void backup_thread_stop(struct backup_thread *backup)
{
    if (backup == NULL) {
        return;
    }
    atomic_store(&backup->stopping, true);
    wake_up(backup->wake);
    pthread_join(backup->thread, NULL);
    close(backup->wake);
    free(backup);
}
