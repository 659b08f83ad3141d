#include "kiosk/ui/ui.h"
