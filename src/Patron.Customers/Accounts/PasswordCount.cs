namespace Patron.Customers.Accounts;

/// <summary>How many of these accounts have a password. Joined where accounts share the database; elsewhere nobody asks.</summary>
public delegate Task<long> PasswordCount(IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken);
