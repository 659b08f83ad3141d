#include "kiosk/shell/recorder.h"

#include "kiosk/shell/log.h"
#include "kiosk/shell/ring.h"
#include "kiosk/shell/touch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLUSH_MS = 1000 };

struct recorder {
    FILE *file;
    const struct items *items; /* borrowed */
    struct ring notes;         /* of struct capture_event: main -> io */
    int64_t start_ms, last_ms, flushed_ms;
    bool failed;
};

static void write_event(struct recorder *recorder, struct capture_event *event)
{
    char line[CAPTURE_LINE_MAX];
    /* Two threads stamp events; the format wants times that never decrease. */
    event->t_ms -= recorder->start_ms;
    event->t_ms = event->t_ms > recorder->last_ms ? event->t_ms : recorder->last_ms;
    recorder->last_ms = event->t_ms;
    size_t length = capture_format(event, line);
    if (fwrite(line, 1, length, recorder->file) != length && !recorder->failed) {
        recorder->failed = true;
        log_line(LOG_ERROR, "recorder", "the capture cannot be written: %s; it ends here",
                 strerror(errno));
    }
}

static void take_notes(struct recorder *recorder)
{
    struct capture_event event;
    while (ring_take(&recorder->notes, &event)) {
        write_event(recorder, &event);
    }
}

struct recorder *recorder_open(const char *path, const struct settings *settings, int64_t start_ms,
                               char error[CAPTURE_ERROR_MAX])
{
    struct recorder *recorder = calloc(1, sizeof *recorder);
    if (recorder == NULL ||
        !ring_open(&recorder->notes, sizeof(struct capture_event), RECORDER_NOTES)) {
        snprintf(error, CAPTURE_ERROR_MAX, "no memory for a recorder");
        free(recorder);
        return NULL;
    }
    recorder->file = fopen(path, "we");
    if (recorder->file == NULL) {
        snprintf(error, CAPTURE_ERROR_MAX, "cannot write the capture %s: %s", path,
                 strerror(errno));
        ring_close(&recorder->notes);
        free(recorder);
        return NULL;
    }
    recorder->start_ms = start_ms;
    recorder->items = settings->site.items;
    fputs(CAPTURE_HEADER "\n", recorder->file);
    for (int i = 0; i < settings->site.port_count; i++) {
        struct capture_event event = {.kind = CAPTURE_PORT, .t_ms = start_ms};
        snprintf(event.port, sizeof event.port, "%s", settings->site.ports[i]);
        snprintf(event.protocol, sizeof event.protocol, "%s", settings->ports[i].protocol);
        snprintf(event.line, sizeof event.line, "%s", settings->ports[i].line);
        write_event(recorder, &event);
    }
    return recorder;
}

void recorder_close(struct recorder *recorder)
{
    if (recorder == NULL) {
        return;
    }
    take_notes(recorder);
    fclose(recorder->file);
    ring_close(&recorder->notes);
    free(recorder);
}

void recorder_note(struct recorder *recorder, const struct capture_event *event)
{
    if (recorder != NULL && !ring_put(&recorder->notes, event)) {
        log_line(LOG_WARNING, "recorder", "an event is missing in the capture: its ring is full");
    }
}

/* The thing that a touch chose, or NULL. */
static const char *item_of(const struct recorder *recorder, const struct kiosk_input *input)
{
    const struct items *items = recorder->items;
    const intent_t *intent = &input->u.intent;
    if (input->kind == INPUT_ITEM) {
        return input->u.item;
    }
    const bool is_known = items != NULL && input->kind == INPUT_INTENT &&
                          intent->kind == INTENT_ITEM && intent->argument >= 0 &&
                          intent->argument < items->count;
    return is_known ? items->list[intent->argument].words[0].text : NULL;
}

void recorder_touch(struct recorder *recorder, int64_t t_ms, const struct kiosk_input *input)
{
    struct capture_event event = {.t_ms = t_ms};
    const char *item = recorder == NULL ? NULL : item_of(recorder, input);
    if (item != NULL) {
        touch_format_item(item, &event);
        recorder_note(recorder, &event);
    } else if (input->kind == INPUT_INTENT && touch_format(&input->u.intent, &event)) {
        recorder_note(recorder, &event);
    }
}

void recorder_clock(struct recorder *recorder, const moment_t *moment)
{
    struct capture_event event = {
        .kind = CAPTURE_CLOCK, .t_ms = moment->t_ms, .utc_ms = moment->utc_ms};
    snprintf(event.quality, sizeof event.quality, "%s", clock_quality_text(moment->quality));
    recorder_note(recorder, &event);
}

void recorder_bytes(struct recorder *recorder, int64_t t_ms, const char *port, const uint8_t *bytes,
                    size_t count)
{
    if (recorder == NULL) {
        return;
    }
    take_notes(recorder);
    for (size_t done = 0; done < count;) {
        struct capture_event event = {.kind = CAPTURE_RX, .t_ms = t_ms};
        snprintf(event.port, sizeof event.port, "%s", port);
        event.byte_count = count - done < CAPTURE_BYTES_MAX ? count - done : CAPTURE_BYTES_MAX;
        memcpy(event.bytes, bytes + done, event.byte_count);
        done += event.byte_count;
        write_event(recorder, &event);
    }
}

void recorder_line(struct recorder *recorder, int64_t t_ms, const char *port, bool up)
{
    if (recorder == NULL) {
        return;
    }
    take_notes(recorder);
    struct capture_event event = {.kind = up ? CAPTURE_BACK : CAPTURE_LOST, .t_ms = t_ms};
    snprintf(event.port, sizeof event.port, "%s", port);
    write_event(recorder, &event);
}

void recorder_flush_due(struct recorder *recorder, int64_t now_ms)
{
    if (recorder != NULL && now_ms - recorder->flushed_ms >= FLUSH_MS) {
        take_notes(recorder);
        fflush(recorder->file);
        recorder->flushed_ms = now_ms;
    }
}
