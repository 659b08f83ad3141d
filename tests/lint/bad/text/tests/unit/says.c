const char *says(void)
{
    return "已记录";
}
