// SPDX-License-Identifier: GPL-2.0-or-later
//
// What readers of RCU may still look at, freed at once. With "true" for its
// condition a pointer is taken where no reader is left.

virtual report

@taken exists@
type T;
identifier e, link;
expression E, F, C != true;
position p, q;
@@

(
	E = rcu_replace_pointer@p(...);
	... when != synchronize_net()
	    when != synchronize_rcu()
	    when != E = ...
	\(kfree@q\|kvfree@q\|kfree_sensitive@q\|free_percpu@q\)(E)
|
	E = rcu_dereference_protected@p(F, C);
	... when != synchronize_net()
	    when != synchronize_rcu()
	    when != E = ...
	\(kfree@q\|kvfree@q\|kfree_sensitive@q\|free_percpu@q\)(E)
|
	T e = rcu_dereference_protected@p(F, C);
	... when != synchronize_net()
	    when != synchronize_rcu()
	    when != e = ...
	\(kfree@q\|kvfree@q\|kfree_sensitive@q\|free_percpu@q\)(e)
|
	\(list_del_rcu@p\|hlist_del_rcu@p\|hlist_del_init_rcu@p\)(&E->link);
	... when != synchronize_net()
	    when != synchronize_rcu()
	    when != E = ...
	\(kfree@q\|kvfree@q\|kfree_sensitive@q\|free_percpu@q\)(E)
)

@script:python depends on report@
p << taken.p;
q << taken.q;
@@

coccilib.report.print_report(q[0],
	"ERROR: frees what readers may still have since line %s" % p[0].line)
