namespace Patron.Shared;

/// <summary>What part of Patron a process is (contract, 'Roles of the process').</summary>
public enum ProcessRole
{
    /// <summary>Everything, over one database.</summary>
    All,

    /// <summary>Users, sessions, organizations and keys alone.</summary>
    Accounts,

    /// <summary>Customers alone; people are known by the accounts service's tokens.</summary>
    Customers,
}
