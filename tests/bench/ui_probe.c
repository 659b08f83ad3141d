/* An outside observer of a program under X11: it judges by pixels on the screen, not by what the
 * program says about itself.
 *
 *     ui_probe start [options] -- COMMAND...   fork -> the ready pixel has its colour, ms
 *     ui_probe run [options] -- COMMAND...     memory and CPU of the whole process tree; then
 *                                              injected press -> the watched pixel changed, ms
 *
 *     --ready X,Y,RRGGBB   this pixel shows that the first frame is whole
 *     --watch X,Y          press here, and watch this pixel change
 *     --away X,Y           release here, so that the press has no effect (and the pointer rests)
 *     --times N            starts (start) or presses (run)
 *     --cold               start: drop the page cache first (root)
 *     --seconds S          run: how long CPU is counted, after --settle S
 *     --settle S           run: seconds between the first frame and the count
 *     --x-server PID       run: count the X server's CPU as well
 *
 * Output: name<TAB>value lines; samples repeat their name. Exit 1: the program did not do it.
 */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    PROCESSES_MAX = 4096,
    TREE_MAX = 512,
    LOOK_US = 100, /* between two looks at a pixel: the resolution of all times */
    START_LIMIT_MS = 60000,
    PRESS_LIMIT_MS = 2000,
    RANDOM_SEED = 1
};

struct point {
    int x, y;
};

struct options {
    struct point ready, watch, away;
    unsigned long ready_colour;
    int times, seconds, settle, x_server;
    bool cold;
};

static Display *display;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void pause_us(int64_t us)
{
    struct timespec time = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&time, NULL);
}

static void print_ms(const char *name, int64_t ns)
{
    printf("%s\t%.3f\n", name, (double)ns / 1e6);
    fflush(stdout);
}

/* ---- pixels ---------------------------------------------------------------------------------- */

static unsigned long pixel(struct point at)
{
    XImage *image =
        XGetImage(display, DefaultRootWindow(display), at.x, at.y, 1, 1, AllPlanes, ZPixmap);
    unsigned long colour = XGetPixel(image, 0, 0) & 0xFFFFFF;
    XDestroyImage(image);
    return colour;
}

/* Waits until the pixel has (or no longer has) the colour. */
static bool wait_pixel(struct point at, unsigned long colour, bool has, int limit_ms)
{
    int64_t end = now_ns() + (int64_t)limit_ms * 1000000;
    while (now_ns() < end) {
        if ((pixel(at) == colour) == has) {
            return true;
        }
        pause_us(LOOK_US);
    }
    fprintf(stderr, "ui_probe: pixel %d,%d is %06lx, waited for it %s %06lx\n", at.x, at.y,
            pixel(at), has ? "to be" : "not to be", colour);
    return false;
}

static void blank_screen(void)
{
    XClearWindow(display, DefaultRootWindow(display));
    XSync(display, False);
}

/* ---- the process tree ------------------------------------------------------------------------ */

static int parent_of(int pid)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        return -1;
    }
    ssize_t count = read(fd, text, sizeof text - 1);
    close(fd);
    text[count > 0 ? count : 0] = '\0';
    const char *name_end = strrchr(text, ')');
    return name_end == NULL ? -1 : atoi(name_end + 4);
}

/* Our descendants; this process is their sub-reaper, so orphans stay in the tree. */
static int find_tree(int *tree)
{
    static int pids[PROCESSES_MAX], parents[PROCESSES_MAX];
    int processes = 0, count = 0;
    DIR *directory = opendir("/proc");
    for (struct dirent *entry;
         directory != NULL && processes < PROCESSES_MAX && (entry = readdir(directory)) != NULL;) {
        if (isdigit((unsigned char)entry->d_name[0])) {
            pids[processes] = atoi(entry->d_name);
            parents[processes] = parent_of(pids[processes]);
            processes++;
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    for (bool again = true; again;) {
        again = false;
        for (int i = 0; i < processes; i++) {
            bool below = parents[i] == getpid(), known = false;
            for (int k = 0; k < count; k++) {
                below = below || tree[k] == parents[i];
                known = known || tree[k] == pids[i];
            }
            if (below && !known && count < TREE_MAX) {
                tree[count++] = pids[i];
                again = true;
            }
        }
    }
    return count;
}

/* PSS shares each page among its users: the sum over a tree counts everything once. */
static void add_memory(int pid, long *rss_kib, long *pss_kib)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        *rss_kib += strncmp(line, "Rss:", 4) == 0 ? atol(line + 4) : 0;
        *pss_kib += strncmp(line, "Pss:", 4) == 0 ? atol(line + 4) : 0;
    }
    if (file != NULL) {
        fclose(file);
    }
}

/* ns on a CPU, all threads, as the scheduler counted them. */
static int64_t cpu_of(int pid)
{
    char path[320];
    int64_t sum = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        unsigned long long ns = 0;
        snprintf(path, sizeof path, "/proc/%d/task/%.16s/schedstat", pid, entry->d_name);
        FILE *file = isdigit((unsigned char)entry->d_name[0]) ? fopen(path, "r") : NULL;
        if (file != NULL) {
            sum += fscanf(file, "%llu", &ns) == 1 ? (int64_t)ns : 0;
            fclose(file);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return sum;
}

static int64_t cpu_of_tree(void)
{
    static int tree[TREE_MAX];
    int count = find_tree(tree);
    int64_t sum = 0;
    for (int i = 0; i < count; i++) {
        sum += cpu_of(tree[i]);
    }
    return sum;
}

static void start(char **command)
{
    if (fork() == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        if (getenv("UI_PROBE_VERBOSE") == NULL) {
            dup2(null, 2);
        }
        execvp(command[0], command);
        _exit(127);
    }
}

/* Ends our own descendants, and nobody else. */
static void stop_tree(void)
{
    static int tree[TREE_MAX];
    for (int tries = 0; tries < 60; tries++) {
        int count = find_tree(tree);
        for (int i = 0; i < count; i++) {
            kill(tree[i], tries > 30 ? SIGKILL : SIGTERM);
        }
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
        if (count == 0) {
            return;
        }
        pause_us(100000);
    }
}

static void drop_caches(void)
{
    sync();
    int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);
    if (fd < 0 || write(fd, "3", 1) != 1) {
        fprintf(stderr, "ui_probe: the page cache cannot be dropped: run as root\n");
        exit(2);
    }
    close(fd);
    pause_us(300000);
}

/* ---- measuring ------------------------------------------------------------------------------- */

static int measure_start(const struct options *options, char **command)
{
    for (int i = 0; i < options->times; i++) {
        if (options->cold) {
            drop_caches();
        }
        blank_screen();
        int64_t begin = now_ns();
        start(command);
        bool shown = wait_pixel(options->ready, options->ready_colour, true, START_LIMIT_MS);
        int64_t end = now_ns();
        pause_us(500000);
        stop_tree();
        if (!shown) {
            return 1;
        }
        print_ms(options->cold ? "start_cold_ms" : "start_warm_ms", end - begin);
        pause_us(300000);
    }
    return 0;
}

static void measure_load(const struct options *options)
{
    static int tree[TREE_MAX];
    int64_t cpu = cpu_of_tree(), x = options->x_server > 0 ? cpu_of(options->x_server) : 0;
    int64_t begin = now_ns();
    pause_us((int64_t)options->seconds * 1000000);
    double ns = (double)(now_ns() - begin);
    cpu = cpu_of_tree() - cpu;
    x = options->x_server > 0 ? cpu_of(options->x_server) - x : 0;
    long rss_kib = 0, pss_kib = 0;
    int count = find_tree(tree);
    for (int i = 0; i < count; i++) {
        add_memory(tree[i], &rss_kib, &pss_kib);
    }
    printf("processes\t%d\nrss_mib\t%.2f\npss_mib\t%.2f\ncpu_percent\t%.4f\n"
           "x_server_percent\t%.4f\n",
           count, (double)rss_kib / 1024, (double)pss_kib / 1024, (double)cpu / ns * 100,
           (double)x / ns * 100);
    fflush(stdout);
}

static void move_to(struct point to)
{
    XTestFakeMotionEvent(display, -1, to.x, to.y, 0);
    XSync(display, False);
}

static int measure_presses(const struct options *options)
{
    srand(RANDOM_SEED);
    for (int i = 0; i < options->times; i++) {
        move_to(options->watch);
        pause_us(60000 + rand() % 90000); /* not in step with anybody's frames */
        unsigned long before = pixel(options->watch);
        int64_t begin = now_ns();
        XTestFakeButtonEvent(display, 1, True, 0);
        XFlush(display);
        bool changed = wait_pixel(options->watch, before, false, PRESS_LIMIT_MS);
        int64_t end = now_ns();
        move_to(options->away);
        XTestFakeButtonEvent(display, 1, False, 0);
        XFlush(display);
        if (!changed || !wait_pixel(options->watch, before, true, PRESS_LIMIT_MS)) {
            return 1;
        }
        print_ms("press_ms", end - begin);
    }
    return 0;
}

static int measure_run(const struct options *options, char **command)
{
    blank_screen();
    start(command);
    int result = 1;
    if (wait_pixel(options->ready, options->ready_colour, true, START_LIMIT_MS)) {
        pause_us((int64_t)options->settle * 1000000);
        measure_load(options);
        result = measure_presses(options);
    }
    stop_tree();
    return result;
}

/* ---- options --------------------------------------------------------------------------------- */

static bool parse(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"ready", required_argument, NULL, 'r'},
        {"watch", required_argument, NULL, 'w'},
        {"away", required_argument, NULL, 'a'},
        {"times", required_argument, NULL, 'n'},
        {"cold", no_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'},
        {"settle", required_argument, NULL, 't'},
        {"x-server", required_argument, NULL, 'x'},
        {NULL, 0, NULL, 0},
    };
    struct point *point;
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 'r':
            if (sscanf(optarg, "%d,%d,%lx", &options->ready.x, &options->ready.y,
                       &options->ready_colour) != 3) {
                return false;
            }
            break;
        case 'w':
        case 'a':
            point = option == 'w' ? &options->watch : &options->away;
            if (sscanf(optarg, "%d,%d", &point->x, &point->y) != 2) {
                return false;
            }
            break;
        case 'n':
            options->times = atoi(optarg);
            break;
        case 'c':
            options->cold = true;
            break;
        case 's':
            options->seconds = atoi(optarg);
            break;
        case 't':
            options->settle = atoi(optarg);
            break;
        case 'x':
            options->x_server = atoi(optarg);
            break;
        default:
            return false;
        }
    }
    return optind < argc;
}

int main(int argc, char **argv)
{
    struct options options = {.times = 5, .seconds = 10, .settle = 5};
    if (argc < 3 || !parse(argc - 1, argv + 1, &options)) {
        fprintf(stderr, "usage: ui_probe {start|run} --ready X,Y,RRGGBB [options] -- COMMAND...\n");
        return 2;
    }
    char **command = argv + 1 + optind;
    display = XOpenDisplay(NULL);
    if (display == NULL) {
        fprintf(stderr, "ui_probe: no X display: set DISPLAY\n");
        return 2;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    move_to(options.away);
    int result = strcmp(argv[1], "start") == 0 ? measure_start(&options, command)
                                               : measure_run(&options, command);
    XCloseDisplay(display);
    return result;
}
