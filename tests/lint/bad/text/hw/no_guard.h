int no_guard(void);
