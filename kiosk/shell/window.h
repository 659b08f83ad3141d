/* The window: a panel of pixels, and what people do to it, as values.
 *
 * SDL2 with a plain window surface; without a display (`headless`) the panel is memory and no event
 * ever comes. The main loop never waits inside SDL, whose idle wait polls every millisecond on a
 * panel without X: it sleeps in its own poll() over window_pollfds() and calls window_pump() when
 * one of them is ready.
 *
 * Any SDL call may read the display connection (presenting does), so events may be queued while
 * every descriptor is silent: call window_pump() after window_present() and before each poll().
 *
 * One thread (main) from open to close. The caller owns struct window.
 */
#ifndef KIOSK_SHELL_WINDOW_H
#define KIOSK_SHELL_WINDOW_H

#include "kiosk/shell/raster.h"
#include "kiosk/shell/wedge.h"

#include <poll.h>
#include <stdbool.h>

enum {
    WINDOW_ERROR_MAX = 320,
    WINDOW_INPUTS_MAX = 16, /* input devices watched where there is no display server */
    WINDOW_POLLFDS_MAX = WINDOW_INPUTS_MAX + 1
};

struct window_config {
    const char *title;
    int width, height; /* px; 0 x 0: the whole screen */
    bool headless;     /* width and height must be given */
};

enum window_event_kind {
    WINDOW_EVENT_PRESS,   /* a finger or button went down at x, y */
    WINDOW_EVENT_RELEASE, /* it went up there */
    WINDOW_EVENT_KEY,     /* `key`: enum ui_key of kiosk/ui/ui.h */
    WINDOW_EVENT_CARD,    /* a reader that types like a keyboard read `card` */
    WINDOW_EVENT_EXPOSE,  /* the picture was lost: present all of it again */
    WINDOW_EVENT_RESIZE,  /* the panel is now x by y: lay out and draw everything */
    WINDOW_EVENT_QUIT     /* the window was closed */
};

struct window_event {
    enum window_event_kind kind;
    int x, y;
    int key;
    char card[HW_CARD_MAX]; /* WINDOW_EVENT_CARD: its number */
};

struct SDL_Window;
struct SDL_Surface;

struct window {
    struct SDL_Window *handle;   /* NULL when headless */
    struct SDL_Surface *surface; /* the window's own; changes with its size */
    struct SDL_Surface *shadow;  /* drawn into where the surface is not 32-bit RGB, else NULL */
    struct raster_target target;
    uint32_t *memory; /* headless pixels */
    bool has_finger;
    int64_t finger;   /* the one finger that counts, while it is down */
    int display_fd;   /* -1 where the display has none */
    int inputs_watch; /* inotify on /dev/input, or -1 */
    int inputs[WINDOW_INPUTS_MAX];
    int input_count;
    struct wedge wedge; /* keys pass through it */
};

/* 0, or -1 with a message that names the display and the remedy; nothing is left open then. */
int window_open(struct window *window, const struct window_config *config,
                char error[WINDOW_ERROR_MAX]);

/* Ends SDL altogether: close the sound first. Idempotent. */
void window_close(struct window *window);

/* The panel's pixels; valid until the next WINDOW_EVENT_RESIZE. Contents are kept. */
const struct raster_target *window_target(const struct window *window);

/* Shows these rectangles of the target. */
void window_present(struct window *window, const rect_t *rects, int count);

/* Reads what the descriptors have; true when window_next_event() has something. */
bool window_pump(struct window *window);

/* The next event; false when there is none. Touches that SDL also reports as a mouse, second
 * fingers, keys without a meaning and what a card reader types are left out. Keys wait for a moment
 * until they are known to be a person's: ask again at window_deadline(). */
bool window_next_event(struct window *window, int64_t now_ms, struct window_event *event);
int64_t window_deadline(const struct window *window); /* INT64_MAX where none */

/* Descriptors for the caller's poll(), with events set; returns how many (at most
 * WINDOW_POLLFDS_MAX). They change when input devices come and go: ask before each poll(). */
int window_pollfds(const struct window *window, struct pollfd *fds, int most);

#endif
