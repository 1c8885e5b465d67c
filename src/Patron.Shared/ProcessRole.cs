namespace Patron.Shared;

/// <summary>The part of Patron that a process runs (contract, 'Roles of the process').</summary>
public enum ProcessRole
{
    /// <summary>All modules, over one database.</summary>
    All,

    /// <summary>Only users, sessions, organizations and keys.</summary>
    Accounts,

    /// <summary>Only customers; people are identified by the access tokens of the accounts service.</summary>
    Customers,
}

/// <summary>The process cannot start on this database or with these settings; the message is a sentence for the operator.</summary>
public sealed class CannotStartException : Exception
{
    public CannotStartException()
    {
    }

    public CannotStartException(string message)
        : base(message)
    {
    }

    public CannotStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
