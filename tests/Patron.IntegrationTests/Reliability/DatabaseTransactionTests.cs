using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Reliability;

public sealed class DatabaseTransactionTests(TestDatabase databases) : IAsyncLifetime
{
    private readonly List<string> afterCommit = [];
    private DatabasePools? pools;
    private DatabaseSession? session;
    private NotesContext? context;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DatabaseSession Session => session!;

    private NotesContext Context => context!;

    public async ValueTask InitializeAsync()
    {
        pools = new DatabasePools(await databases.CreateDatabaseAsync(), lockTimeout: null, NullLoggerFactory.Instance);
        session = new DatabaseSession(pools);
        context = session.Join(new NotesContext(new DbContextOptionsBuilder<NotesContext>().UseNpgsql().Options));
        await context.Database.ExecuteSqlAsync($"CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL)", Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await context!.DisposeAsync();
        await session!.DisposeAsync();
        await pools!.DisposeAsync();
    }

    [Fact]
    public async Task A_committed_transaction_stays_and_gives_the_connection_back()
    {
        await using (var transaction = await Session.BeginAsync(Cancellation))
        {
            await AddAsync(1, "one");
            Assert.Empty(afterCommit);
            var committed = await transaction.CommitAsync("done", Cancellation);

            Assert.Equal("done", committed.Value);
            Assert.Equal(ConnectionState.Closed, Session.Connection.State);
            Assert.False(Session.IsInTransaction);
            Assert.Equal(["one"], afterCommit);
        }

        Assert.Equal(["one"], await TextsAsync());
    }

    [Fact]
    public async Task A_transaction_that_is_not_committed_is_undone()
    {
        await using (await Session.BeginAsync(Cancellation))
        {
            await AddAsync(1, "one");
        }

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task An_expected_no_is_undone_at_once()
    {
        await using var transaction = await Session.BeginAsync(Cancellation);
        await AddAsync(1, "one");
        Result<string> refused = Error.Rule("No.");

        Assert.Equal("No.", (await transaction.CommitAsync(refused, Cancellation)).Error?.Detail);

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task An_exception_undoes_the_transaction_and_the_savepoints_inside_it()
    {
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await using var outer = await Session.BeginAsync(Cancellation);
            await AddAsync(1, "outer");
            await using var inner = await Session.BeginAsync(Cancellation);
            await AddAsync(2, "inner");
            throw new InvalidDataException();
        });

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task An_exception_that_the_outer_work_expects_undoes_the_inner_work_alone()
    {
        await using (var outer = await Session.BeginAsync(Cancellation))
        {
            await AddAsync(1, "outer");
            await Assert.ThrowsAsync<DbUpdateException>(async () =>
            {
                await using var inner = await Session.BeginAsync(Cancellation);
                await AddAsync(2, "inner");
                Context.Add(new Note { Id = 3, Text = null! });
                await Context.SaveChangesAsync(Cancellation);
            });
            await AddAsync(4, "outer too");
            await outer.CommitAsync(Cancellation);
        }

        Assert.Equal(["outer", "outer too"], await TextsAsync());
        Assert.Equal(["outer", "outer too"], afterCommit);
    }

    [Fact]
    public async Task A_committed_savepoint_is_undone_with_the_transaction_around_it()
    {
        await using (await Session.BeginAsync(Cancellation))
        {
            await using var inner = await Session.BeginAsync(Cancellation);
            await AddAsync(1, "inner");
            await inner.CommitAsync(Cancellation);
            Assert.True(Session.IsInTransaction);
            Assert.Empty(afterCommit);
        }

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task After_a_rollback_to_a_savepoint_entities_are_as_they_were_and_can_be_saved()
    {
        await using (var outer = await Session.BeginAsync(Cancellation))
        {
            var kept = await AddAsync(1, "before");
            await using (await Session.BeginAsync(Cancellation))
            {
                kept.Text = "inner";
                await Context.SaveChangesAsync(Cancellation);
                kept.Text = "inner, not saved";
                await AddAsync(2, "inner");
            }

            Assert.Equal("before", kept.Text);
            Assert.Same(kept, Assert.Single(Context.ChangeTracker.Entries<Note>()).Entity);
            kept.Text = "outer";
            await Context.SaveChangesAsync(Cancellation);
            await outer.CommitAsync(Cancellation);
        }

        Assert.Equal(["outer"], await TextsAsync());
    }

    [Fact]
    public async Task A_savepoint_is_not_begun_over_unsaved_changes()
    {
        await using var outer = await Session.BeginAsync(Cancellation);
        Context.Add(new Note { Id = 1, Text = "one" });

        await Assert.ThrowsAsync<InvalidOperationException>(() => Session.BeginAsync(Cancellation));

        await Context.SaveChangesAsync(Cancellation);
        await outer.CommitAsync(Cancellation);
        Assert.Equal(["one"], await TextsAsync());
    }

    [Fact]
    public async Task A_transaction_is_committed_once_and_after_those_inside_it()
    {
        await using var outer = await Session.BeginAsync(Cancellation);
        await using (await Session.BeginAsync(Cancellation))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => outer.CommitAsync(Cancellation));
        }

        await outer.CommitAsync(Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => outer.CommitAsync(Cancellation));
    }

    [Fact]
    public async Task A_connection_that_broke_inside_a_savepoint_leaves_nothing()
    {
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
        {
            await using var outer = await Session.BeginAsync(Cancellation);
            await AddAsync(1, "outer");
            await using var inner = await Session.BeginAsync(Cancellation);
            await Context.Database.ExecuteSqlAsync($"SELECT pg_terminate_backend(pg_backend_pid())", Cancellation);
        });

        await AssertNothingIsLeftAsync();
    }

    private async Task<Note> AddAsync(int id, string text)
    {
        var note = new Note { Id = id, Text = text };
        Context.Add(note);
        await Context.SaveChangesAsync(Cancellation);
        Session.AfterCommit(() => afterCommit.Add(text));
        return note;
    }

    private async Task<List<string>> TextsAsync() => await Context.Notes.AsNoTracking().OrderBy(note => note.Id).Select(note => note.Text).ToListAsync(Cancellation);

    private async Task AssertNothingIsLeftAsync()
    {
        Assert.False(Session.IsInTransaction);
        Assert.Equal(ConnectionState.Closed, Session.Connection.State);
        Assert.Empty(Context.ChangeTracker.Entries());
        Assert.Empty(await TextsAsync());
        await using (var next = await Session.BeginAsync(Cancellation))
        {
            await next.CommitAsync(Cancellation);
        }

        Assert.Empty(afterCommit);
    }

    private sealed class Note
    {
        public int Id { get; init; }

        public string Text { get; set; } = "";
    }

    private sealed class NotesContext(DbContextOptions<NotesContext> options) : DbContext(options)
    {
        public DbSet<Note> Notes => Set<Note>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>(note =>
        {
            note.ToTable("notes");
            note.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            note.Property(row => row.Text).HasColumnName("text");
        });
    }
}
