#include "kiosk/ui/ui.h"

#include "kiosk/ui/screens.h"

#include <assert.h>
#include <stddef.h>

void ui_draw(const struct ui *ui, const struct view *view, struct draw_list *list)
{
    assert(view->screen >= 0 && view->screen < SCREEN_COUNT && view->site != NULL);
    list->command_count = 0;
    list->target_count = 0;
    list->text_used = 0;
    list->overflow = false;
    struct canvas canvas = canvas_begin(ui, view->screen, list);
    screens[view->screen].draw(&canvas, view);
}

static const struct draw_target *target_at(const struct draw_list *list, int x, int y)
{
    for (int i = 0; i < list->target_count; i++) {
        const rect_t rect = list->targets[i].rect;
        if (x >= rect.x && y >= rect.y && x < rect.x + rect.w && y < rect.y + rect.h) {
            return &list->targets[i];
        }
    }
    return NULL;
}

void ui_press(struct ui *ui, const struct draw_list *list, int x, int y)
{
    const struct draw_target *target = target_at(list, x, y);
    ui->pressed = target != NULL ? target->id : 0;
}

intent_t ui_release(struct ui *ui, const struct draw_list *list, int x, int y)
{
    const struct draw_target *target = target_at(list, x, y);
    const uint32_t pressed = ui->pressed;
    ui->pressed = 0;
    if (target == NULL || target->id != pressed) {
        return (intent_t){INTENT_NONE, 0};
    }
    return (intent_t){(enum intent_kind)target->intent, (int)target->argument};
}

intent_t ui_key(const struct view *view, enum ui_key key)
{
    return screens[view->screen].key(view, key);
}
