int log_line(void);
int knows_shell(void)
{
    return log_line();
}
