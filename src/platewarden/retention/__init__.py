"""The purge: keys destroyed, partitions dropped, files removed, destruction recorded (RET-1, RET-4).

The danger: what is purged too early is evidence lost; what is purged too late is a breach of the policy.
The invariant: for a capture day past its limit nothing is left by which a read of that day could be found, shown
or decrypted - and until the day is past its limit, nothing is touched.
The order: (1) the day is closed on the ledger, after which none of its reads is taken, and the ids of its keys
are put there too; the keys are destroyed and the objects removed, so
that from then on no image can be opened; (2) in one transaction the day's partitions are dropped, alerts are
reduced, captures and plates forgotten, and the destruction record is written. A purge that dies in between is
finished by the next one, because a day counts as purged only once its partitions, its keys and its objects are
gone.
"""
