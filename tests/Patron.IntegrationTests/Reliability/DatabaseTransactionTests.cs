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
    public async Task Only_long_work_may_take_longer_than_the_limit_of_a_statement()
    {
        const string slow = "SELECT pg_sleep(1.5)";
        var limited = new NpgsqlConnectionStringBuilder(await databases.CreateDatabaseAsync()) { CommandTimeout = 1 };
        await using var limitedPools = new DatabasePools(limited.ConnectionString, lockTimeout: null, NullLoggerFactory.Instance);
        await using var database = new DatabaseSession(limitedPools);

        await database.ExecuteLongAsync(slow, Cancellation);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => database.ExecuteAsync(slow, Cancellation));
    }

    [Fact]
    public async Task Committed_transaction_is_stored_and_returns_the_connection()
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
    public async Task Uncommitted_transaction_is_rolled_back()
    {
        await using (await Session.BeginAsync(Cancellation))
        {
            await AddAsync(1, "one");
        }

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Error_result_is_rolled_back_immediately()
    {
        await using var transaction = await Session.BeginAsync(Cancellation);
        await AddAsync(1, "one");
        Result<string> refused = Error.Rule("conflict", "No.");

        Assert.Equal("No.", (await transaction.CommitAsync(refused, Cancellation)).Error?.Detail);

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Exception_rolls_back_the_transaction_and_its_savepoints()
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
    public async Task Exception_that_the_outer_work_handles_rolls_back_the_inner_work_only()
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
    public async Task Committed_savepoint_is_rolled_back_with_its_outer_transaction()
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
    public async Task Rollback_to_a_savepoint_restores_entities_which_can_be_saved()
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
    public async Task Savepoint_with_unsaved_changes_is_refused()
    {
        await using var outer = await Session.BeginAsync(Cancellation);
        Context.Add(new Note { Id = 1, Text = "one" });

        await Assert.ThrowsAsync<InvalidOperationException>(() => Session.BeginAsync(Cancellation));

        await Context.SaveChangesAsync(Cancellation);
        await outer.CommitAsync(Cancellation);
        Assert.Equal(["one"], await TextsAsync());
    }

    [Fact]
    public async Task Transaction_is_committed_once_and_after_its_inner_ones()
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
    public async Task Broken_connection_inside_a_savepoint_rolls_back_everything()
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
