void MHD_stop_daemon(void *daemon);
void serves(void *daemon)
{
    MHD_stop_daemon(daemon);
}
