// SPDX-License-Identifier: GPL-2.0-or-later
/* Templates: how they are filled in, and that the shipped ones are good. */
#include "test.h"

#include <dirent.h>

#include "config.h"
#include "template.h"

#define FOLDER "templates"

static int read_text(const char *text, struct template *t,
		     struct config_errors *errors)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	int ret;

	assert_non_null(in);
	memset(errors, 0, sizeof(*errors));
	ret = template_read(t, in, errors);
	fclose(in);
	return ret;
}

/* Sets the words, writes, and gives what came of it or the first error. */
static char *filled(const char *text, const char *const *words)
{
	struct config_errors errors;
	char *result = NULL;
	struct template t;
	size_t size = 0;
	FILE *out = open_memstream(&result, &size);
	int ret = 0;

	assert_non_null(out);
	assert_int_equal(read_text(text, &t, &errors), 0);
	for (; *words; words++)
		ret |= template_set(&t, *words, &errors);
	if (!ret)
		ret = template_write(&t, out, &errors);
	fclose(out);
	if (ret) {
		free(result);
		result = strdup(errors.error[0].sentence);
	}
	template_free(&t);
	config_errors_free(&errors);
	return result;
}

static const char small[] =
	"# A title.\n"
	"#% vip   address -  an address\n"
	"#% reals reals   -  servers\n"
	"#% name  name    x  a name\n"
	"# a@b @vip@ @\n"
	"pool @name@ {\n"
	"	@reals@\n"
	"}\n";

static void becomes(const char *expected, const char *const *words)
{
	char *text = filled(small, words);

	assert_string_equal(text, expected);
	free(text);
}

#define WORDS(...) (const char *const[]) { __VA_ARGS__, NULL }

static void values_take_the_place_of_keys(void **state)
{
	(void)state;
	becomes("# A title.\n"
		"# a@b 192.0.2.1 @\n"
		"pool x {\n"
		"	real a { address = 192.0.2.2 }\n"
		"	real b { address = 2001:db8::1 }\n"
		"}\n",
		WORDS("vip=192.0.2.1", "reals=a=192.0.2.2,b=2001:db8::1"));
	becomes("# A title.\n"
		"# a@b 192.0.2.1 @\n"
		"pool y {\n"
		"	real a { address = 192.0.2.2 }\n"
		"}\n",
		WORDS("name=y", "reals=a=192.0.2.2", "vip=192.0.2.9",
		      "vip=192.0.2.1"));
}

static void what_is_wrong_with_a_word_is_told(void **state)
{
	(void)state;
	becomes("vip is missing: an address, an IPv4 or IPv6 address",
		WORDS("reals=a=192.0.2.2"));
	becomes("\"vup=1\" is not known here: expected KEY=VALUE with one of "
		"the keys vip, reals, name", WORDS("vup=1"));
	becomes("\"vip\" is not known here: expected KEY=VALUE with one of "
		"the keys vip, reals, name", WORDS("vip"));
	becomes("vip \"192.0.2\": expected an IPv4 or IPv6 address",
		WORDS("vip=192.0.2"));
	becomes("reals \"a\": expected NAME=ADDR[,NAME=ADDR...]",
		WORDS("reals=a"));
	becomes("reals \"a=192.0.2.1,\": expected NAME=ADDR[,NAME=ADDR...]",
		WORDS("reals=a=192.0.2.1,"));
	becomes("reals \"a b=192.0.2.1\": expected NAME=ADDR[,NAME=ADDR...]",
		WORDS("reals=a b=192.0.2.1"));
	becomes("name \"}\": expected a name: 1 to 31 letters, digits, dots, "
		"underscores and dashes, a letter or digit first",
		WORDS("name=}"));
}

static void a_bad_template_is_told(void **state)
{
	static const char *const bad[] = {
		"#% vip address\n", "#% vip number - x\n", "#%\n",
	};
	struct config_errors errors;
	struct template t;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(read_text(bad[i], &t, &errors), -1);
		assert_int_equal(errors.error[0].line, 1);
		template_free(&t);
		config_errors_free(&errors);
	}
}

/* Something that fits each type; addresses differ, for no two may be alike. */
static void set_any(struct template *t, struct config_errors *errors)
{
	char word[128];
	const char *type;
	size_t i;

	for (i = 0; i < t->keys; i++) {
		type = t->key[i].type;
		snprintf(word, sizeof(word), "%s=%s", t->key[i].word,
			 !strcmp(type, "reals") ?
			 "EX1=192.0.2.1,EX2=192.0.2.2" :
			 !strcmp(type, "ports") ? "80,81" :
			 !strcmp(type, "port") ? "80" :
			 !strcmp(type, "name") ? "n" : "example.org");
		if (!strcmp(type, "address"))
			snprintf(word, sizeof(word), "%s=198.51.100.%zu",
				 t->key[i].word, i + 1);
		assert_int_equal(template_set(t, word, errors), 0);
	}
}

static void is_good(const char *name)
{
	struct config_errors errors = { .count = 0 };
	char path[512], *text = NULL;
	struct config config;
	struct template t;
	size_t size = 0;
	FILE *in, *out;

	snprintf(path, sizeof(path), FOLDER "/%s", name);
	in = fopen(path, "r");
	assert_non_null(in);
	assert_int_equal(template_read(&t, in, &errors), 0);
	fclose(in);
	assert_true(t.keys > 0);
	set_any(&t, &errors);
	out = open_memstream(&text, &size);
	assert_int_equal(template_write(&t, out, &errors), 0);
	fclose(out);
	in = fmemopen(text, size, "r");
	if (config_load(in, &config, &errors))
		fail_msg("%s:%u: %s", name, errors.error[0].line,
			 errors.error[0].sentence);
	fclose(in);
	assert_true(config.services.count > 0);
	assert_true(config.checks.count > 0);
	assert_int_equal(config.reals.count, 2);
	config_free(&config);
	template_free(&t);
	free(text);
}

static void all_shipped_templates_are_good(void **state)
{
	DIR *folder = opendir(FOLDER);
	struct dirent *entry;
	int count = 0;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		is_good(entry->d_name);
		count++;
	}
	closedir(folder);
	assert_int_equal(count, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_take_the_place_of_keys),
		cmocka_unit_test(what_is_wrong_with_a_word_is_told),
		cmocka_unit_test(a_bad_template_is_told),
		cmocka_unit_test(all_shipped_templates_are_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
