"""The search index: a folder of tantivy's, next to the database, that can always be made anew."""

import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread

import tantivy
from filelock import FileLock

from acopio.portal.search import dismax, lucene, schema
from acopio.portal.search.documents import document
from acopio.portal.search.facets import Counting, counted
from acopio.portal.search.fields import Fields
from acopio.portal.search.matching import Matcher, narrowed, relevance_differs
from acopio.portal.search.ordering import Sorter, keys
from acopio.portal.search.query import Change, Found, Query
from acopio.portal.search.syntax import Budget, Node
from acopio.portal.search.visibility import seen_by

# What a commit is gathered in; tantivy's least is 15 MB.
_HEAP = 64_000_000
# Seconds that a writer waits for another, and between its looks at whether that one is done.
_PATIENCE, _POLL = 300, 0.005
# Answers kept in memory, and the most datasets one names: some megabytes together.
_REMEMBERED, _PAGE = 1000, 100


@dataclass(slots=True)
class _Memory:
    """What was learnt of an index that has not changed since."""

    stand: int | None = None
    answers: dict[Query, Found] = field(default_factory=dict[Query, Found])


class Index:
    """The datasets of a catalogue, searchable; usable from any thread and any process.

    ``apply`` and ``clear`` wait for one another across processes, and raise ``TimeoutError`` after
    five minutes; a search never waits, and sees what any process had committed before it began.
    """

    def __init__(self, folder: Path) -> None:
        """Open the index in ``folder``, or make it; one of another version is made anew."""
        self._folder = folder
        self._home = folder / f"v{schema.VERSION}"
        self._look = Lock()
        self._seen: tuple[int, ...] = ()
        self._memory = _Memory()
        self._index = self._opened()

    def sequence(self) -> int:
        """Return up to which change of the catalogue the index stands; 0: it is empty."""
        memory = self._memory_of_now()
        if memory.stand is None:
            searcher = self._searcher()
            stand = tantivy.Query.term_query(self._index.schema, schema.KIND, schema.STAND)
            hits = searcher.search(stand, 1).hits
            memory.stand = int(searcher.doc(hits[0][1])[schema.SEQUENCE][0]) if hits else 0
        return memory.stand

    def apply(self, changes: Iterable[Change], sequence: int) -> None:
        """Index the changes up to ``sequence`` in one commit; what is done is not done again."""
        if self.sequence() >= sequence:
            return
        with ExitStack() as turn:
            turn.enter_context(self._lock())
            # Another may have done it meanwhile.
            if self.sequence() < sequence:
                writer = self._writer(turn)
                for change in changes:
                    writer.delete_documents_by_term("id", change.id)
                    if change.package is not None and change.package.get("state") != "deleted":
                        writer.add_document(document(change.package))
                self._commit(writer, sequence, turn)

    def clear(self) -> None:
        """Forget every dataset: the index is empty, and stands at 0."""
        with ExitStack() as turn:
            turn.enter_context(self._lock())
            writer = self._writer(turn)
            writer.delete_all_documents()
            self._commit(writer, 0, turn)

    def settle(self) -> None:
        """Wait until nobody writes: all that was committed is merged, too."""
        with self._lock():
            pass

    def reload(self) -> None:
        """See what other processes committed. A search does so by itself."""
        with self._look:
            self._seen = self._state()
            self._index.reload()
            self._memory = _Memory()  # last: nothing older is ever written into it

    def search(self, query: Query) -> Found:
        """Return what matches. Raises ``SearchError`` and ``SearchQueryError``.

        What was asked before is answered from memory until the index changes.
        """
        answers = self._memory_of_now().answers
        if query not in answers:
            found = self._found(query)
            if len(answers) < _REMEMBERED and not _passing(query):
                answers[query] = found
            return found
        return answers[query]

    def _memory_of_now(self) -> "_Memory":
        """Return what was learnt of the index as it is: empty once a process committed."""
        self._searcher()
        return self._memory

    def _found(self, query: Query) -> Found:
        budget = Budget()
        asked = _asked(query.q, budget)
        order = keys(query.sort, scored=relevance_differs(asked))
        searcher = self._searcher()
        matcher = Matcher(Fields(self._index.schema, searcher, budget))
        seen = matcher.query(seen_by(query.visible))
        filters = [lucene.parse(text, budget) for text in query.fq if text.strip()]
        wanted = narrowed(matcher.query(asked), [seen, *map(matcher.query, filters)])
        if wanted is None or seen is None:
            return Found(count=0, ids=(), facets=dict.fromkeys(query.facets, ()))
        page = Sorter(searcher, wanted).page(order, query.start, query.rows)
        facets = counted(searcher, wanted, seen, Counting.of(query))
        return Found(count=page.count, ids=page.ids, facets=facets)

    def _opened(self) -> tantivy.Index:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            for other in self._folder.glob("v*"):
                if other != self._home:
                    shutil.rmtree(other, ignore_errors=True)
            try:
                return self._made()
            except ValueError:
                # Broken, or of another tantivy: nothing is lost but time.
                shutil.rmtree(self._home)
                return self._made()

    def _made(self) -> tantivy.Index:
        self._home.mkdir(exist_ok=True)
        index = tantivy.Index(schema.schema(), str(self._home))
        index.config_reader("manual")
        schema.register(index)
        return index

    def _searcher(self) -> tantivy.Searcher:
        try:
            if self._state() != self._seen:
                self.reload()
        except FileNotFoundError:
            # Somebody deleted the folder, as they may: what follows fills it again.
            self._index = self._opened()
        return self._index.searcher()

    def _state(self) -> tuple[int, ...]:
        """Return what changes with each commit: tantivy puts a new file in the place of this."""
        found = (self._home / "meta.json").stat()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _lock(self) -> FileLock:
        """Return the lock on writing: each a new one, as threads wait for one another too."""
        return FileLock(
            self._folder / "write.lock", _PATIENCE, thread_local=False, poll_interval=_POLL
        )

    def _writer(self, turn: ExitStack) -> tantivy.IndexWriter:
        writer = self._index.writer(_HEAP, 1)
        turn.callback(writer.wait_merging_threads)
        return writer

    def _commit(self, writer: tantivy.IndexWriter, sequence: int, turn: ExitStack) -> None:
        """Commit, the sequence among the documents: both are there, or neither.

        The lock is kept until small segments are merged; nobody but the next writer waits for it.
        """
        stand = tantivy.Document()
        stand.add_text(schema.KIND, schema.STAND)
        stand.add_integer(schema.SEQUENCE, sequence)
        writer.delete_documents_by_term(schema.KIND, schema.STAND)
        writer.add_document(stand)
        writer.commit()
        self.reload()
        Thread(target=turn.pop_all().close, name="search-merge").start()


def _passing(query: Query) -> bool:
    """Tell whether the same question may be answered otherwise in a moment."""
    return any("NOW" in text for text in (query.q, *query.fq)) or query.rows > _PAGE


def _asked(q: str, budget: Budget) -> Node:
    """Return what ``q`` asks: with a colon in Lucene's language, else as people type."""
    return lucene.parse(q, budget) if ":" in q else dismax.parse(q, budget)
