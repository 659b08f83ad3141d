int pthread_mutex_lock(void *mutex);
int locks(void *mutex)
{
    return pthread_mutex_lock(mutex);
}
