import type { DataSource, EntityTarget, ValueTransformer } from 'typeorm';

/**
 * Reads the rows of an entity as plain SQL returns them. The entity says which columns there are and how their values arrive; the ORM's own work on
 * each row takes longer than reading it.
 */
export class PlainRows<Row extends object> {
  /** What to select from the entity's table, called `o`. */
  readonly columns: string;
  private readonly transformed: readonly (readonly [property: keyof Row, transformer: ValueTransformer])[];

  constructor(dataSource: DataSource, entity: EntityTarget<Row>) {
    const { columns } = dataSource.getMetadata(entity);
    this.columns = columns.map(({ databaseName, propertyName }) => `o.${databaseName} as "${propertyName}"`).join(', ');
    this.transformed = columns.flatMap(({ propertyName, transformer = [] }) =>
      [transformer].flat().map((each) => [propertyName as keyof Row, each] as const),
    );
  }

  /** A row that `columns` were selected for, as the entity has it. Changes what it is given. */
  from(selected: Row): Row {
    for (const [property, transformer] of this.transformed) {
      selected[property] = transformer.from(selected[property]) as Row[typeof property];
    }
    return selected;
  }
}
