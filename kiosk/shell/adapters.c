#include "kiosk/shell/adapters.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_CHARS = PORTS_NAME_MAX + PORTS_TEXT_MAX + 16 };

static void read_line(struct adapters *adapters, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *rest = line;
    const char *device = strsep(&rest, "\t");
    const char *id = strsep(&rest, "\t");
    const char *serial = rest;
    struct adapter adapter = {.identity.is_usb = true};
    if (id == NULL || serial == NULL || serial[0] == '\0' || adapters->count == HW_PORTS_MAX ||
        sscanf(id, "%4x:%4x", &adapter.identity.vid, &adapter.identity.pid) != 2) {
        return;
    }
    snprintf(adapter.device, sizeof adapter.device, "%s", device);
    snprintf(adapter.identity.serial, sizeof adapter.identity.serial, "%s", serial);
    adapters->list[adapters->count++] = adapter;
}

void adapters_read(struct adapters *adapters, const char *path)
{
    adapters->count = 0;
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    char line[LINE_MAX_CHARS];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        read_line(adapters, line);
    }
    if (file != NULL) {
        fclose(file);
    }
}

static struct adapter *find(const struct adapters *adapters, const char *device)
{
    for (int i = 0; i < adapters->count; i++) {
        if (strcmp(adapters->list[i].device, device) == 0) {
            return (struct adapter *)&adapters->list[i];
        }
    }
    return NULL;
}

const char *adapters_owner(const struct adapters *adapters, const char *device,
                           const struct port_entry *entry)
{
    const struct adapter *own = find(adapters, device);
    if (!ports_is_unique(entry) ||
        (own != NULL && ports_same_identity(&own->identity, &entry->identity))) {
        return NULL;
    }
    for (int i = 0; i < adapters->count; i++) {
        if (ports_same_identity(&adapters->list[i].identity, &entry->identity)) {
            return adapters->list[i].device;
        }
    }
    return NULL;
}

bool adapters_note(struct adapters *adapters, const char *device, const struct port_entry *entry)
{
    struct adapter *own = find(adapters, device);
    if (!ports_is_unique(entry) ||
        (own != NULL && ports_same_identity(&own->identity, &entry->identity)) ||
        (own == NULL && adapters->count == HW_PORTS_MAX)) {
        return false;
    }
    own = own != NULL ? own : &adapters->list[adapters->count++];
    snprintf(own->device, sizeof own->device, "%s", device);
    own->identity = entry->identity;
    return true;
}

bool adapters_write(const struct adapters *adapters, const char *path)
{
    char temporary[PORTS_NAME_MAX + 8];
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    FILE *file = fopen(temporary, "we");
    if (file == NULL) {
        return false;
    }
    for (int i = 0; i < adapters->count; i++) {
        const struct port_identity *identity = &adapters->list[i].identity;
        fprintf(file, "%s\t%04x:%04x\t%s\n", adapters->list[i].device, identity->vid & 0xFFFF,
                identity->pid & 0xFFFF, identity->serial);
    }
    const bool written = fflush(file) == 0 && fsync(fileno(file)) == 0;
    return fclose(file) == 0 && written && rename(temporary, path) == 0;
}
