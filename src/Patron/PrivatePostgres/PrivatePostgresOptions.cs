namespace Patron.PrivatePostgres;

/// <summary>Where the private PostgreSQL lives, and how careful it is with the disk.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>Patron's data folder; made if it is not there. The database is its <c>postgres</c> folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The folder of <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>; null looks where distributions put them, then on the PATH.</summary>
    public string? BinariesFolder { get; init; }

    /// <summary>False gives up everything that survives a power cut, for speed: tests only.</summary>
    public bool Durable { get; init; } = true;
}

/// <summary>The private PostgreSQL cannot be had. The message is a sentence for the person who started Patron.</summary>
public sealed class PrivatePostgresException : Exception
{
    public PrivatePostgresException()
    {
    }

    public PrivatePostgresException(string message)
        : base(message)
    {
    }

    public PrivatePostgresException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
