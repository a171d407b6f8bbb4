/* What programs on the C client share: they end with the line that failed, and wait for watchers. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) {                                                \
      printf("line %d: %s\n", __LINE__, #condition);                   \
      exit(1);                                                         \
    }                                                                  \
  } while (0)

static void await(int *value, int wanted) {
  struct timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += 15;
  pthread_mutex_lock(&mutex);
  while (*value != wanted) {
    CHECK(pthread_cond_timedwait(&changed, &mutex, &deadline) == 0);
  }
  pthread_mutex_unlock(&mutex);
}
