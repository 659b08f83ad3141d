#include "hw/ports.h"

#include <dirent.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- this machine ---------------------------------------------------------------------------- */

/* Descriptors are whatever a maker burnt in: what would break a line of output becomes a blank. */
static void copy_text(char to[PORTS_TEXT_MAX], const char *from)
{
    snprintf(to, PORTS_TEXT_MAX, "%s", from != NULL ? from : "");
    for (char *at = to; *at != '\0'; at++) {
        *at = (unsigned char)*at < ' ' || *at == 0x7F ? ' ' : *at;
    }
}

static void read_identity(const struct sp_port *port, struct port_identity *identity)
{
    int vid = 0, pid = 0;
    identity->is_usb = sp_get_port_transport(port) == SP_TRANSPORT_USB &&
                       sp_get_port_usb_vid_pid(port, &vid, &pid) == SP_OK;
    if (!identity->is_usb) {
        return;
    }
    identity->vid = (unsigned)vid;
    identity->pid = (unsigned)pid;
    if (sp_get_port_usb_bus_address(port, &identity->bus, &identity->address) != SP_OK) {
        identity->bus = identity->address = 0;
    }
    copy_text(identity->serial, sp_get_port_usb_serial(port));
    copy_text(identity->manufacturer, sp_get_port_usb_manufacturer(port));
    copy_text(identity->product, sp_get_port_usb_product(port));
}

static int find_on_machine(void *context, struct port_entry *entries, int most)
{
    (void)context;
    struct sp_port **ports = NULL;
    if (sp_list_ports(&ports) != SP_OK) {
        return -1;
    }
    int count = 0;
    for (; ports[count] != NULL && count < most; count++) {
        snprintf(entries[count].device, PORTS_NAME_MAX, "%s", sp_get_port_name(ports[count]));
        read_identity(ports[count], &entries[count].identity);
    }
    sp_free_port_list(ports);
    return count;
}

const struct ports_source ports_machine = {
    .find = find_on_machine,
    .serial_directory = "/dev/serial",
};

/* ---- stable names ---------------------------------------------------------------------------- */

static bool resolve(const char *name, char path[PATH_MAX])
{
    return realpath(name, path) != NULL;
}

bool ports_are_one(const char *device, const char *other)
{
    struct stat a, b;
    if (stat(device, &a) != 0 || stat(other, &b) != 0) {
        return false;
    }
    return S_ISCHR(a.st_mode) && S_ISCHR(b.st_mode) ? a.st_rdev == b.st_rdev
                                                    : a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Links of one directory to the entries. Of several to one port the first by name is taken: newer
 * udev also keeps "...-usbv2-..." beside the usual one. */
static void read_links(const char *directory, const char *kind, struct port_entry *entries,
                       int count, size_t field)
{
    char folder[PORTS_NAME_MAX];
    snprintf(folder, sizeof folder, "%s/%s", directory, kind);
    struct dirent **names = NULL;
    const int found = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        char link[PORTS_NAME_MAX], target[PATH_MAX], own[PATH_MAX];
        const int length = snprintf(link, sizeof link, "%s/%s", folder, names[i]->d_name);
        const bool is_link =
            names[i]->d_name[0] != '.' && length < (int)sizeof link && resolve(link, target);
        for (int k = 0; is_link && k < count; k++) {
            char *name = (char *)&entries[k] + field;
            if (name[0] == '\0' && resolve(entries[k].device, own) && strcmp(own, target) == 0) {
                memcpy(name, link, sizeof link);
            }
        }
        free(names[i]);
    }
    free(names);
}

/* ---- identity -------------------------------------------------------------------------------- */

bool ports_same_identity(const struct port_identity *a, const struct port_identity *b)
{
    return a->is_usb && b->is_usb && a->vid == b->vid && a->pid == b->pid &&
           strcmp(a->serial, b->serial) == 0;
}

/* Two ports of one adapter (several plugs on one board) share its identity by right; by-id tells
 * them apart by their interface. */
static bool is_same_adapter(const struct port_identity *a, const struct port_identity *b)
{
    return a->bus == b->bus && a->address == b->address && a->address != 0;
}

static void mark_clashes(struct port_entry *entries, int count)
{
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < count; k++) {
            const struct port_identity *a = &entries[i].identity;
            const struct port_identity *b = &entries[k].identity;
            if (i != k && ports_same_identity(a, b) && !is_same_adapter(a, b)) {
                entries[i].clashes = true;
            }
        }
        if (entries[i].clashes) {
            /* The one link of both leads to whichever was plugged in last. */
            entries[i].by_id[0] = '\0';
        }
    }
}

bool ports_is_unique(const struct port_entry *entry)
{
    return entry->identity.is_usb && entry->identity.serial[0] != '\0' && !entry->clashes;
}

static int compare_devices(const void *a, const void *b)
{
    return strverscmp(((const struct port_entry *)a)->device,
                      ((const struct port_entry *)b)->device);
}

int ports_list(const struct ports_source *source, struct port_entry entries[PORTS_MAX])
{
    memset(entries, 0, sizeof *entries * PORTS_MAX);
    const int count = source->find(source->context, entries, PORTS_MAX);
    if (count <= 0) {
        return count;
    }
    qsort(entries, (size_t)count, sizeof *entries, compare_devices);
    read_links(source->serial_directory, "by-path", entries, count,
               offsetof(struct port_entry, by_path));
    read_links(source->serial_directory, "by-id", entries, count,
               offsetof(struct port_entry, by_id));
    mark_clashes(entries, count);
    return count;
}

const struct port_entry *ports_find(const struct port_entry *entries, int count, const char *device)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(entries[i].device, device) == 0 || ports_are_one(entries[i].device, device)) {
            return &entries[i];
        }
    }
    return NULL;
}

const char *ports_note(const struct port_entry *entry)
{
    if (entry->clashes) {
        return "two adapters share this identity: bind by-path";
    }
    if (entry->identity.is_usb && entry->identity.serial[0] == '\0') {
        return "no serial number, a second one would look the same: bind by-path";
    }
    if (entry->identity.is_usb && entry->by_path[0] == '\0') {
        return "no by-path name: is udev running?";
    }
    return "";
}
