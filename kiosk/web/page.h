/* HTML pages from templates: {{name}} is replaced by a value, escaped. */
#ifndef KIOSK_WEB_PAGE_H
#define KIOSK_WEB_PAGE_H

#include <stddef.h>

enum { PAGE_MAX = 24 * 1024, PAGE_NAME_MAX = 48, PAGE_VALUE_MAX = 400 };

/* Writes the value of `name`, which is one of the template's names. */
typedef void page_values(void *context, const char *name, char value[PAGE_VALUE_MAX]);

/* Returns the page, freed by the caller with free(), and its length; NULL when out of memory. */
char *page_render(const unsigned char *source, size_t size, page_values *values, void *context,
                  size_t *length);

#endif
