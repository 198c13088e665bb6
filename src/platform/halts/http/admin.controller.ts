import { Body, Controller, Get, HttpCode, Logger, Post } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../auth/access.js';
import type { Caller } from '../../auth/authenticator.js';
import { CurrentCaller } from '../../auth/current-user.js';
import { DatabaseDeadline } from '../../http/database-deadline.js';
import { TradingHaltStore } from '../persistence/trading-halt.store.js';
import { HaltDto, ResumeDto, TradingStateView, tradingStateView } from './admin.schema.js';

@ApiTags('admin')
@ApiHeader({ name: 'x-user-id', required: false, description: 'Who does it; read only under AUTH_MODE=none' })
@RequireScope('admin')
@Controller('admin')
export class AdminController {
  private readonly logger = new Logger(AdminController.name);

  constructor(private readonly halts: TradingHaltStore) {}

  @Get('state')
  @ApiOperation({ operationId: 'getTradingState', summary: 'Whether trading is halted, and why' })
  @ApiOkResponse({ type: TradingStateView })
  @DatabaseDeadline()
  async state(): Promise<TradingStateView> {
    return tradingStateView(await this.halts.open());
  }

  @Post('halt')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'haltTrading',
    summary: 'Stop trading',
    description:
      'Once this has answered, no process signs anything and no order is accepted, until somebody resumes, restarts or not. ' +
      'What was sent before is followed to its end. While it is halted already, the answer is the same.',
  })
  @ApiOkResponse({ type: TradingStateView })
  @DatabaseDeadline()
  async halt(@CurrentCaller() caller: Caller, @Body() { reason }: HaltDto): Promise<TradingStateView> {
    const raisedBy = nameOf(caller);
    const isNew = await this.halts.raise({
      source: 'operator',
      subject: 'trading',
      reason: reason ?? 'halted by an operator',
      raisedBy,
    });
    if (isNew) this.logger.warn({ raisedBy, reason }, 'trading was halted');
    return this.state();
  }

  @Post('resume')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'resumeTrading',
    summary: 'Let trading go on',
    description:
      'Lifts what operators raised. A halt that the engine raised by itself has to be named by its id: nobody lifts by accident ' +
      'what nobody has looked at. The answer shows what is still open.',
  })
  @ApiOkResponse({ type: TradingStateView })
  @DatabaseDeadline()
  async resume(@CurrentCaller() caller: Caller, @Body() { reason, halts }: ResumeDto): Promise<TradingStateView> {
    const by = nameOf(caller);
    const open = await this.halts.open();
    const meant = open.filter(({ id, source }) => (halts === undefined ? source === 'operator' : halts.includes(id)));
    for (const { id } of meant) {
      const lifted = await this.halts.lift(id, { by, why: reason ?? 'resumed by an operator' });
      if (lifted) this.logger.warn({ halt: id, liftedBy: by, reason }, 'a trading halt was lifted');
    }
    return this.state();
  }
}

/** As kept with the halt: a credential says more than the user whom it names. */
function nameOf({ userId, credential }: Caller): string {
  return credential === null ? `user ${userId}` : `${credential.kind} ${credential.id}`;
}
