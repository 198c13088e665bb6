import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Address } from '../../kernel/address.js';
import { VENUE_CHOICES } from '../../kernel/trade.js';
import { Config } from '../../platform/config/config.js';
import { ApiProblems } from '../../platform/http/api-problem.js';
import { readInTime } from '../../platform/http/database-deadline.js';
import { listedToken } from '../../platform/http/validation/traded-pair.js';
import { DexService, type MarketStates, type PoolState } from '../dex.service.js';
import { ListPoolsQuery } from './list-pools.query.js';

class PoolView {
  @ApiProperty({ enum: VENUE_CHOICES }) venue!: string;
  @ApiProperty({ example: 'cpmm' }) program!: string;
  @ApiProperty({ example: '7JuwJuNU88gurFnyWeiyGKbFmExMWcmRZntn9imEzdny' }) pool!: string;
  @ApiProperty({ example: 'SOL' }) baseToken!: string;
  @ApiProperty({ example: 'USDC' }) quoteToken!: string;
  @ApiProperty({ type: 'integer', nullable: true, example: 25 }) feeBps!: number | null;
  @ApiProperty({ description: '`active`, or why it is not traded on', example: 'active' }) status!: string;
  @ApiProperty({ type: 'integer', example: 123 }) slot!: number;
}

class PoolsView {
  @ApiProperty({ type: [PoolView] }) pools!: PoolView[];
}

type Pair = readonly [base: Address, quote: Address];

@ApiTags('market')
@Controller('pools')
export class PoolsController {
  constructor(
    private readonly dex: DexService,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listPools',
    summary: 'The pools known so far',
    description: 'Pools become known when their pair is first asked for; naming both tokens asks for it.',
  })
  @ApiOkResponse({ type: PoolsView })
  @ApiProblems('unsupported-token')
  async list(@Query() query: ListPoolsQuery): Promise<PoolsView> {
    const venues = query.venue === undefined ? VENUE_CHOICES : [query.venue];
    const pairs = this.pairsOf(query);
    if (pairs.length === 0) return { pools: [] };
    const states = await readInTime(this.config, this.dex.marketStates(pairs, venues));
    return { pools: pairs.flatMap((pair, i) => this.viewsOf(pair, states.pairs[i] ?? [], states)) };
  }

  private pairsOf({ baseToken, quoteToken }: ListPoolsQuery): readonly Pair[] {
    const mintOf = (field: string, name?: string) =>
      name === undefined ? undefined : listedToken(this.config.tokens, field, name).mint;
    const base = mintOf('baseToken', baseToken);
    const quote = mintOf('quoteToken', quoteToken);
    if (base !== undefined && quote !== undefined) return base === quote ? [] : [[base, quote]];
    const [named, facing] = base === undefined ? [quote, 'quote'] : [base, 'base'];
    const known = this.dex.knownPairs();
    if (named === undefined) return known;
    return known
      .filter((pair) => pair.includes(named))
      .map(([a, b]): Pair => {
        const other = a === named ? b : a;
        return facing === 'base' ? [named, other] : [other, named];
      });
  }

  private viewsOf([base, quote]: Pair, pools: readonly PoolState[], { time, contextSlot }: MarketStates): PoolView[] {
    const symbolOf = (mint: Address) => this.config.tokens.find(mint)?.symbol ?? mint;
    return pools.map(({ venue, address, pool, refusal }) => ({
      venue: venue.name,
      program: venue.program,
      pool: address,
      baseToken: symbolOf(base),
      quoteToken: symbolOf(quote),
      feeBps: pool?.feeBps(time) ?? null,
      status: refusal ?? pool?.refusal(time) ?? 'active',
      // Slots stay far below 2^53.
      slot: Number(contextSlot),
    }));
  }
}
