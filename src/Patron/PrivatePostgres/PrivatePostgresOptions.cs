namespace Patron.PrivatePostgres;

/// <summary>Settings of the private PostgreSQL: its folders, and whether it is durable.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>Patron's data folder, which is created if it does not exist. The database is in its <c>postgres</c> folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// The folder of <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>; null searches the folders of distributions, then the PATH.
    /// </summary>
    public string? BinariesFolder { get; init; }

    /// <summary>False disables everything that makes data survive a power failure, for speed. For tests only.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>What a new cluster is created from; an empty one if it is not set. An existing cluster is never replaced.</summary>
    internal ClusterCopy? Source { get; init; }
}

/// <summary>The private PostgreSQL cannot be used. The message is a sentence for the operator.</summary>
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
