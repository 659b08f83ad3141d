#include "kiosk/shell/window.h"

#include "kiosk/ui/ui.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <assert.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define INPUT_DIRECTORY "/dev/input"
#define NO_DISPLAY      "no display can be opened"
#define START_DISPLAY   "start a display server or run with --headless"

/* ---- input devices as wake-ups --------------------------------------------------------------- */

/* Without a display server SDL reads /dev/input itself and offers no descriptor. Every opener of an
 * input device gets every event, so our own descriptors are read only to know when to pump SDL. */

static void close_inputs(struct window *window)
{
    for (int i = 0; i < window->input_count; i++) {
        close(window->inputs[i]);
    }
    window->input_count = 0;
}

static void open_inputs(struct window *window)
{
    close_inputs(window);
    DIR *directory = opendir(INPUT_DIRECTORY);
    if (directory == NULL) {
        return;
    }
    for (struct dirent *found;
         window->input_count < WINDOW_INPUTS_MAX && (found = readdir(directory)) != NULL;) {
        if (strncmp(found->d_name, "event", 5) != 0) {
            continue;
        }
        int fd = openat(dirfd(directory), found->d_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0) {
            window->inputs[window->input_count++] = fd;
        }
    }
    closedir(directory);
}

/* udev sets a new device's permissions after it appears, hence IN_ATTRIB. */
static void watch_inputs(struct window *window)
{
    window->inputs_watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (window->inputs_watch >= 0) {
        inotify_add_watch(window->inputs_watch, INPUT_DIRECTORY, IN_CREATE | IN_ATTRIB | IN_DELETE);
    }
    open_inputs(window);
}

/* Reads until nothing is left; true when something was there. */
static bool drain(int fd)
{
    char bytes[4096];
    bool any = false;
    while (read(fd, bytes, sizeof bytes) > 0) {
        any = true;
    }
    return any;
}

static void drain_inputs(struct window *window)
{
    bool changed = window->inputs_watch >= 0 && drain(window->inputs_watch);
    for (int i = 0; i < window->input_count; i++) {
        errno = 0;
        drain(window->inputs[i]);
        changed = changed || errno == ENODEV;
    }
    if (changed) {
        open_inputs(window);
    }
}

/* ---- opening --------------------------------------------------------------------------------- */

static void set_hints(void)
{
    static const struct {
        const char *name, *value;
    } hints[] = {
        {SDL_HINT_TOUCH_MOUSE_EVENTS, "0"},
        {SDL_HINT_MOUSE_TOUCH_EVENTS, "0"},
        {SDL_HINT_NO_SIGNAL_HANDLERS, "1"},
        {SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0"},
        {SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0"},
        {SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0"},
        {SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1"},
    };
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        SDL_SetHint(hints[i].name, hints[i].value);
    }
}

/* wl_display_get_fd() of the library that SDL has loaded: linking it would burden every X11 kiosk.
 */
static int wayland_fd(void *display)
{
    int (*get_fd)(void *) = NULL;
    void *library = dlopen("libwayland-client.so.0", RTLD_NOW | RTLD_NOLOAD);
    if (library == NULL) {
        return -1;
    }
    void *symbol = dlsym(library, "wl_display_get_fd");
    memcpy(&get_fd, &symbol, sizeof get_fd);
    int fd = get_fd == NULL ? -1 : get_fd(display);
    dlclose(library);
    return fd;
}

static int display_fd(struct SDL_Window *handle)
{
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (!SDL_GetWindowWMInfo(handle, &info)) {
        return -1;
    }
    switch (info.subsystem) {
#ifdef SDL_VIDEO_DRIVER_X11
    case SDL_SYSWM_X11:
        return ConnectionNumber(info.info.x11.display);
#endif
#ifdef SDL_VIDEO_DRIVER_WAYLAND
    case SDL_SYSWM_WAYLAND:
        return wayland_fd(info.info.wl.display);
#endif
    default:
        return -1;
    }
}

/* Takes the window's surface as target; again after each change of size. */
static int take_surface(struct window *window)
{
    SDL_FreeSurface(window->shadow);
    window->shadow = NULL;
    window->target = (struct raster_target){0}; /* its pixels are gone, whatever comes */
    window->surface = SDL_GetWindowSurface(window->handle);
    if (window->surface == NULL) {
        return -1;
    }
    SDL_Surface *drawn = window->surface;
    const SDL_PixelFormat *format = drawn->format;
    if (format->BytesPerPixel != 4 || format->Rmask != 0xFF0000 || format->Gmask != 0x00FF00 ||
        format->Bmask != 0x0000FF) {
        window->shadow =
            SDL_CreateRGBSurfaceWithFormat(0, drawn->w, drawn->h, 32, SDL_PIXELFORMAT_RGB888);
        if (window->shadow == NULL) {
            return -1;
        }
        drawn = window->shadow;
    }
    window->target = (struct raster_target){drawn->pixels, drawn->pitch / 4, drawn->w, drawn->h};
    return 0;
}

static int open_headless(struct window *window, const struct window_config *config,
                         char error[WINDOW_ERROR_MAX])
{
    window->memory = calloc((size_t)config->width * (size_t)config->height, sizeof(uint32_t));
    if (window->memory == NULL) {
        snprintf(error, WINDOW_ERROR_MAX, "window: no memory for a panel of %dx%d pixels",
                 config->width, config->height);
        return -1;
    }
    window->target =
        (struct raster_target){window->memory, config->width, config->width, config->height};
    return 0;
}

static int fail(struct window *window, const char *what, const char *remedy,
                char error[WINDOW_ERROR_MAX])
{
    const char *display = getenv("DISPLAY");
    snprintf(error, WINDOW_ERROR_MAX, "window: %s (%.100s; DISPLAY is %.40s): %s", what,
             SDL_GetError(), display == NULL ? "not set" : display, remedy);
    window_close(window);
    return -1;
}

int window_open(struct window *window, const struct window_config *config,
                char error[WINDOW_ERROR_MAX])
{
    *window = (struct window){.display_fd = -1, .inputs_watch = -1};
    if (config->headless) {
        assert(config->width > 0 && config->height > 0);
        return open_headless(window, config, error);
    }
    set_hints();
    if (SDL_Init(SDL_INIT_VIDEO) != 0) {
        return fail(window, NO_DISPLAY, START_DISPLAY, error);
    }
    const char *driver = SDL_GetCurrentVideoDriver();
    if (strcmp(driver, "offscreen") == 0 || strcmp(driver, "dummy") == 0) {
        /* SDL's last resorts show nothing to anybody and say so to nobody. */
        SDL_SetError("SDL found only its \"%s\" driver", driver);
        return fail(window, NO_DISPLAY, START_DISPLAY, error);
    }
    if (strcmp(driver, "x11") == 0) {
        /* A surface through OpenGL costs 90 MiB and ten times the time; drivers that have no plain
         * surface (KMSDRM, Wayland) must be left to choose. */
        SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    }
    bool whole_screen = config->width == 0 || config->height == 0;
    Uint32 flags = SDL_WINDOW_BORDERLESS | (whole_screen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    window->handle = SDL_CreateWindow(config->title, 0, 0, whole_screen ? 1920 : config->width,
                                      whole_screen ? 1080 : config->height, flags);
    if (window->handle == NULL || take_surface(window) != 0) {
        return fail(window, "the display gives no window",
                    "try another --window size or run with --headless", error);
    }
    if (whole_screen) {
        SDL_ShowCursor(SDL_DISABLE);
    }
    SDL_StopTextInput(); /* keys are enough; input methods would catch digits */
    window->display_fd = display_fd(window->handle);
    if (window->display_fd < 0) {
        watch_inputs(window);
    }
    return 0;
}

void window_close(struct window *window)
{
    close_inputs(window);
    if (window->inputs_watch >= 0) {
        close(window->inputs_watch);
        window->inputs_watch = -1;
    }
    SDL_FreeSurface(window->shadow);
    window->shadow = NULL;
    if (window->handle != NULL) {
        SDL_DestroyWindow(window->handle);
        window->handle = NULL;
    }
    if (SDL_WasInit(SDL_INIT_VIDEO) != 0) {
        SDL_Quit();
    }
    free(window->memory);
    window->memory = NULL;
    window->surface = NULL;
    window->target = (struct raster_target){0};
    window->display_fd = -1;
}

/* ---- pictures -------------------------------------------------------------------------------- */

const struct raster_target *window_target(const struct window *window)
{
    return &window->target;
}

void window_present(struct window *window, const rect_t *rects, int count)
{
    SDL_Rect shown[RASTER_DIRTY_MAX];
    if (window->handle == NULL) {
        return;
    }
    while (count > 0) {
        int some = count < RASTER_DIRTY_MAX ? count : RASTER_DIRTY_MAX;
        for (int i = 0; i < some; i++) {
            shown[i] = (SDL_Rect){rects[i].x, rects[i].y, rects[i].w, rects[i].h};
            if (window->shadow != NULL) {
                SDL_Rect place = shown[i];
                SDL_BlitSurface(window->shadow, &shown[i], window->surface, &place);
            }
        }
        SDL_UpdateWindowSurfaceRects(window->handle, shown, some);
        rects += some;
        count -= some;
    }
}

/* ---- events ---------------------------------------------------------------------------------- */

bool window_pump(struct window *window)
{
    if (window->handle == NULL) {
        return false;
    }
    drain_inputs(window);
    SDL_PumpEvents();
    return SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT) == SDL_TRUE;
}

int window_pollfds(const struct window *window, struct pollfd *fds, int most)
{
    int count = 0;
    if (window->display_fd >= 0 && count < most) {
        fds[count++] = (struct pollfd){.fd = window->display_fd, .events = POLLIN};
    }
    if (window->inputs_watch >= 0 && count < most) {
        fds[count++] = (struct pollfd){.fd = window->inputs_watch, .events = POLLIN};
    }
    for (int i = 0; i < window->input_count && count < most; i++) {
        fds[count++] = (struct pollfd){.fd = window->inputs[i], .events = POLLIN};
    }
    return count;
}

/* The key's meaning, or -1. */
static int key_of(SDL_Keycode code)
{
    static const struct {
        SDL_Keycode from;
        enum ui_key key;
    } keys[] = {
        {SDLK_RETURN, UI_KEY_ENTER},
        {SDLK_KP_ENTER, UI_KEY_ENTER},
        {SDLK_TAB, UI_KEY_TAB},
        {SDLK_ESCAPE, UI_KEY_ESCAPE},
        {SDLK_BACKSPACE, UI_KEY_BACKSPACE},
        {SDLK_DELETE, UI_KEY_BACKSPACE},
        {SDLK_KP_0, UI_KEY_DIGIT_0},
    };
    if (code >= SDLK_0 && code <= SDLK_9) {
        return UI_KEY_DIGIT_0 + (code - SDLK_0);
    }
    if (code >= SDLK_a && code <= SDLK_z) {
        return UI_KEY_LETTER_A + (code - SDLK_a);
    }
    if (code >= SDLK_KP_1 && code <= SDLK_KP_9) {
        return UI_KEY_DIGIT_0 + 1 + (code - SDLK_KP_1);
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].from == code) {
            return (int)keys[i].key;
        }
    }
    return -1;
}

/* What the key types, as readers of cards do: digits, letters in capitals, a few signs. */
static char character_of(SDL_Keycode code, int key)
{
    if (key == UI_KEY_ENTER) {
        return '\n';
    }
    if (key >= UI_KEY_DIGIT_0 && key <= UI_KEY_DIGIT_9) {
        return (char)('0' + key - UI_KEY_DIGIT_0);
    }
    if (key >= UI_KEY_LETTER_A && key <= UI_KEY_LETTER_Z) {
        return (char)('A' + key - UI_KEY_LETTER_A);
    }
    return code > SDLK_SPACE && code < SDLK_DELETE ? (char)code : '\0';
}

static bool is_modifier(SDL_Keycode code)
{
    /* One run of codes: both Ctrl, Shift, Alt and GUI. Readers press Shift for capital letters. */
    return (code >= SDLK_LCTRL && code <= SDLK_RGUI) || code == SDLK_CAPSLOCK;
}

/* A key that somebody typed, or a card reader. */
static void key_event(struct window *window, const SDL_KeyboardEvent *from, int64_t now_ms)
{
    if (from->repeat == 0 && !is_modifier(from->keysym.sym)) {
        const int key = key_of(from->keysym.sym);
        wedge_key(&window->wedge, key, character_of(from->keysym.sym, key), now_ms);
    }
}

static bool button_event(const SDL_MouseButtonEvent *from, struct window_event *event)
{
    event->kind = from->state == SDL_PRESSED ? WINDOW_EVENT_PRESS : WINDOW_EVENT_RELEASE;
    event->x = from->x;
    event->y = from->y;
    return from->which != SDL_TOUCH_MOUSEID && from->button == SDL_BUTTON_LEFT;
}

static bool finger_event(struct window *window, const SDL_TouchFingerEvent *from,
                         struct window_event *event)
{
    bool down = from->type == SDL_FINGERDOWN;
    /* A panel unplugged under a finger never tells that it went up. */
    bool only = down && SDL_GetNumTouchFingers(from->touchId) <= 1;
    if (down ? window->has_finger && !only
             : !window->has_finger || window->finger != from->fingerId) {
        return false;
    }
    window->has_finger = down;
    window->finger = from->fingerId;
    event->kind = down ? WINDOW_EVENT_PRESS : WINDOW_EVENT_RELEASE;
    event->x = (int)(from->x * (float)window->target.width);
    event->y = (int)(from->y * (float)window->target.height);
    return true;
}

static bool size_event(struct window *window, const SDL_WindowEvent *from,
                       struct window_event *event)
{
    if (from->event == SDL_WINDOWEVENT_EXPOSED) {
        event->kind = WINDOW_EVENT_EXPOSE;
        return true;
    }
    if (from->event != SDL_WINDOWEVENT_SIZE_CHANGED ||
        (from->data1 == window->target.width && from->data2 == window->target.height) ||
        take_surface(window) != 0) {
        return false;
    }
    event->kind = WINDOW_EVENT_RESIZE;
    event->x = window->target.width;
    event->y = window->target.height;
    return true;
}

static bool translate(struct window *window, const SDL_Event *from, struct window_event *event)
{
    *event = (struct window_event){0};
    switch (from->type) {
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        return button_event(&from->button, event);
    case SDL_FINGERDOWN:
    case SDL_FINGERUP:
        return finger_event(window, &from->tfinger, event);
    case SDL_WINDOWEVENT:
        return size_event(window, &from->window, event);
    case SDL_QUIT:
        event->kind = WINDOW_EVENT_QUIT;
        return true;
    default:
        return false;
    }
}

static bool take_key(struct window *window, int64_t now_ms, struct window_event *event)
{
    *event = (struct window_event){.kind = WINDOW_EVENT_CARD};
    if (wedge_card(&window->wedge, event->card)) {
        return true;
    }
    event->kind = WINDOW_EVENT_KEY;
    return wedge_take(&window->wedge, now_ms, &event->key);
}

bool window_next_event(struct window *window, int64_t now_ms, struct window_event *event)
{
    SDL_Event from;
    if (window->handle == NULL) {
        return false;
    }
    while (SDL_PeepEvents(&from, 1, SDL_PEEKEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) == 1) {
        const bool is_key = from.type == SDL_KEYDOWN;
        /* What was held is older than this key. */
        if (is_key && take_key(window, now_ms, event)) {
            return true;
        }
        SDL_PeepEvents(&from, 1, SDL_GETEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT);
        if (is_key) {
            key_event(window, &from.key, now_ms);
        } else if (translate(window, &from, event)) {
            return true;
        }
    }
    return take_key(window, now_ms, event);
}

int64_t window_deadline(const struct window *window)
{
    return wedge_deadline(&window->wedge);
}
