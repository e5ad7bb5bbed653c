"""Python imports this by itself. target-sqlite 0.2.0 knows a class under the name that it had before Python 3.10."""

import collections
import collections.abc

collections.MutableMapping = collections.abc.MutableMapping
